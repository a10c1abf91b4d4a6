package io.sessionrouter.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.quarkus.runtime.StartupEvent;
import io.restassured.path.json.JsonPath;
import io.sessionrouter.ops.ConsoleSnapshot.LiveEndpoint;
import io.sessionrouter.session.LossCounts.Lost;
import io.sessionrouter.telemetry.Traffic;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.helpers.test.AssertSubscriber;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Watching: one snapshot for all, only the newest for the slow, and the record for all who come.
 */
class ConsoleFeedTest {
  private static final String ERROR_OF_SOURCE = "on purpose";

  private final Ticking ticks = new Ticking();
  private final Source source = new Source();
  private final AtomicInteger hungUp = new AtomicInteger();
  private long nanos;

  private final ConsoleFeed feed =
      new ConsoleFeed(
          ticks,
          source,
          new FleetRecord(Instant.EPOCH),
          new ObjectMapper().registerModule(new JavaTimeModule()),
          () -> nanos);

  @BeforeEach
  void start() {
    feed.start(new StartupEvent());
  }

  private static final class Ticking implements Ticks {
    private @Nullable Runnable tick;

    @Override
    public void begin(Runnable ticked) {
      assertThat(tick).as("ticks already").isNull();
      tick = ticked;
    }

    @Override
    public void end() {
      tick = null;
    }

    void tick() {
      assertThat(tick).as("ticks").isNotNull();
      tick.run();
    }
  }

  /** Its snapshots are distinguished by the second they are of. */
  private static final class Source implements SnapshotSource {
    private final List<Counted> befores = new ArrayList<>();
    private long second;
    private boolean leaving;
    private boolean broken;
    private Runnable beforeLook = () -> {};
    private List<LiveEndpoint> endpoints = List.of();

    @Override
    public Counted count() {
      return new Counted(TimeUnit.SECONDS.toNanos(++second), Map.of("chat", Traffic.NONE));
    }

    @Override
    public ConsoleSnapshot snapshot(Counted before, Counted now, Map<String, Traffic> minute) {
      if (broken) {
        throw new IllegalStateException(ERROR_OF_SOURCE);
      }
      beforeLook.run();
      befores.add(before);
      return ConsoleSnapshot.unjudged(
          Instant.EPOCH.plusSeconds(second),
          (double) TimeUnit.NANOSECONDS.toSeconds(now.nanos() - before.nanos()),
          new ConsoleSnapshot.Replica("at " + second, "1", Instant.EPOCH, leaving, null, false),
          new ConsoleSnapshot.Store(true, true, null),
          endpoints);
    }

    @Override
    public List<Lost> takeLosses() {
      return List.of();
    }

    @Override
    public boolean leaving() {
      return leaving;
    }
  }

  private AssertSubscriber<String> watch(long demand) {
    return feed.watch(hungUp::incrementAndGet)
        .subscribe()
        .withSubscriber(AssertSubscriber.create(demand));
  }

  private static void assertSeconds(AssertSubscriber<String> watcher, int... seconds) {
    List<String> names = new ArrayList<>();
    for (int second : seconds) {
      names.add("\"name\":\"at " + second + "\"");
    }
    assertThat(watcher.getItems()).hasSameSizeAs(names);
    for (int i = 0; i < names.size(); i++) {
      assertThat(watcher.getItems().get(i)).contains(names.get(i)).doesNotContain("\n");
    }
  }

  @Test
  void whoComesLaterGetsWhatCameBefore() {
    source.endpoints = List.of(endpoint("a", 3));
    ticks.tick();
    ticks.tick();
    source.endpoints = List.of(endpoint("a", 0));
    ticks.tick();

    AssertSubscriber<String> late = watch(10);

    JsonPath first = JsonPath.from(late.getLastItem());
    assertThat(first.getList("history.endpoints.a")).hasSize(2);
    assertThat(first.getString("history.since")).isEqualTo("0.0");
    assertThat(first.getList("events.text")).contains("The router started.");
    ticks.tick();
    assertThat(late.getLastItem()).doesNotContain("history").contains("\"events\":[]");
  }

  @Test
  void whatCameBeforeIsNotLostToWhoReadsLate() {
    source.endpoints = List.of(endpoint("a", 3));
    AssertSubscriber<String> late = watch(0);
    ticks.tick();
    ticks.tick();

    late.request(1);

    assertThat(JsonPath.from(late.getLastItem()).getList("history.endpoints.a")).hasSize(2);
  }

  @Test
  void lookingTakesLittleOfTheTimeWhileNobodyWatches() {
    source.beforeLook = () -> nanos += TimeUnit.MILLISECONDS.toNanos(100);
    ticks.tick();
    nanos += TimeUnit.SECONDS.toNanos(4);
    ticks.tick();
    assertThat(source.befores).hasSize(1);

    AssertSubscriber<String> watcher = watch(10);
    ticks.tick();
    assertThat(source.befores).hasSize(2);
    watcher.cancel();
    ticks.tick();
    assertThat(source.befores).hasSize(2);
    nanos += TimeUnit.SECONDS.toNanos(5);
    ticks.tick();
    assertThat(source.befores).hasSize(3);
  }

  @Test
  void oneSnapshotIsForAllWatchers() {
    AssertSubscriber<String> one = watch(10);
    AssertSubscriber<String> two = watch(10);

    ticks.tick();
    ticks.tick();

    assertThat(source.befores).hasSize(2);
    assertSeconds(one, 1, 2);
    assertThat(two.getItems()).isEqualTo(one.getItems());
  }

  @Test
  void whoComesLaterGetsThePresentOneAtOnce() {
    watch(10);
    ticks.tick();
    ticks.tick();

    assertSeconds(watch(10), 2);
    assertThat(source.befores).hasSize(2);
  }

  @Test
  void whoReadsSlowlyGetsTheNewestOnly() {
    AssertSubscriber<String> slow = watch(1);
    for (int i = 0; i < 5; i++) {
      ticks.tick();
    }
    assertSeconds(slow, 1);

    slow.request(1);
    assertSeconds(slow, 1, 5);

    slow.request(1);
    assertSeconds(slow, 1, 5);
    ticks.tick();
    assertSeconds(slow, 1, 5, 6);
    assertThat(hungUp).hasValue(0);
  }

  @Test
  void onlyWhatChangedIsToldToThoseWhoKnowTheRest() {
    source.endpoints = List.of(endpoint("a", 0), endpoint("b", 0));
    AssertSubscriber<String> reading = watch(10);
    AssertSubscriber<String> slow = watch(1);
    ticks.tick();
    assertThat(endpoints(reading)).containsExactly("a", "b");

    source.endpoints = List.of(endpoint("a", 0), endpoint("b", 3));
    ticks.tick();
    assertThat(reading.getLastItem()).contains("\"whole\":false");
    assertThat(endpoints(reading)).containsExactly("b");
    ticks.tick();
    assertThat(endpoints(reading)).isEmpty();

    AssertSubscriber<String> late = watch(1);
    assertThat(late.getLastItem()).contains("\"whole\":true");
    slow.request(1);
    assertThat(slow.getLastItem()).contains("\"whole\":true");
    assertThat(endpoints(slow)).containsExactly("a", "b");
    slow.request(1);
    ticks.tick();
    assertThat(slow.getLastItem()).contains("\"whole\":false");
  }

  @Test
  void whereEndpointsComeOrGoAllIsTold() {
    source.endpoints = List.of(endpoint("a", 0));
    AssertSubscriber<String> watcher = watch(10);
    ticks.tick();

    source.endpoints = List.of(endpoint("a", 0), endpoint("b", 0));
    ticks.tick();
    assertThat(watcher.getLastItem()).contains("\"whole\":true");
    assertThat(endpoints(watcher)).containsExactly("a", "b");

    source.endpoints = List.of(endpoint("b", 0));
    ticks.tick();
    assertThat(watcher.getLastItem()).contains("\"whole\":true");
    assertThat(endpoints(watcher)).containsExactly("b");
  }

  private static LiveEndpoint endpoint(String name, long requests) {
    return new LiveEndpoint(
        name,
        List.of(),
        new EndpointView.SessionRules(Duration.ofMinutes(20), null, null),
        true,
        List.of(),
        List.of(),
        new ConsoleSnapshot.LiveTraffic(
            requests, Map.of(), Map.of(), ConsoleSnapshot.FirstBytes.NONE, 0, Map.of()),
        Snapshots.NOTHING);
  }

  /** Of the last snapshot told. */
  private static List<String> endpoints(AssertSubscriber<String> watcher) {
    return JsonPath.from(watcher.getLastItem()).getList("endpoints.name");
  }

  @Test
  void whoReadsNothingForLongIsCutOff() {
    AssertSubscriber<String> stuck = watch(1);
    ticks.tick();
    nanos = ConsoleClient.MAX_SILENCE.toNanos();
    ticks.tick();
    assertThat(hungUp).hasValue(0);

    nanos++;
    ticks.tick();

    assertThat(hungUp).hasValue(1);
    stuck.cancel();
    assertThat(feed.watching()).isZero();
  }

  @Test
  void whoReadsNowAndThenIsNotCutOff() {
    AssertSubscriber<String> slow = watch(1);
    for (int i = 0; i < 5; i++) {
      nanos += ConsoleClient.MAX_SILENCE.toNanos() / 2;
      ticks.tick();
      slow.request(1);
    }
    assertThat(hungUp).hasValue(0);
  }

  @Test
  void thereIsRoomForSoManyAndThenForOneMoreWhenOneLeft() {
    List<AssertSubscriber<String>> watchers = new ArrayList<>();
    for (int i = 0; i < ConsoleFeed.MAX_CLIENTS; i++) {
      watchers.add(watch(1));
    }
    ticks.tick();

    assertThatExceptionOfType(ApiFailure.class)
        .isThrownBy(() -> watch(1))
        .withMessage("Watchers: 32 (expected: less than 32)");

    watchers.getFirst().cancel();
    assertSeconds(watch(1), 1);
  }

  @Test
  void whoFindsTheLastPlaceTakenAfterAllIsNotTold() {
    Multi<String> late = feed.watch(hungUp::incrementAndGet);
    for (int i = 0; i < ConsoleFeed.MAX_CLIENTS; i++) {
      watch(1);
    }

    AssertSubscriber<String> ended = late.subscribe().withSubscriber(AssertSubscriber.create(1));

    ended.assertCompleted().assertHasNotReceivedAnyItem();
    assertThat(feed.watching()).isEqualTo(ConsoleFeed.MAX_CLIENTS);
  }

  @Test
  void trafficIsSinceTheSnapshotBefore() {
    ticks.tick();
    ticks.tick();
    ticks.tick();

    assertThat(source.befores)
        .extracting(before -> TimeUnit.NANOSECONDS.toSeconds(before.nanos()))
        .containsExactly(1L, 1L, 2L);
  }

  @Test
  void allHearThatTheRouterLeavesAndNobodyIsAdmitted() {
    AssertSubscriber<String> reading = watch(10);
    AssertSubscriber<String> slow = watch(0);
    source.leaving = true;

    ticks.tick();

    reading.assertCompleted();
    assertThat(reading.getLastItem()).contains("\"leaving\":true");
    assertThat(hungUp).as("the one that does not read").hasValue(1);
    slow.cancel();
    assertThatExceptionOfType(ApiFailure.class)
        .isThrownBy(() -> watch(1))
        .withMessageContaining("about to end");
    assertThat(feed.watching()).isZero();
  }

  @Test
  void aBrokenSourceEndsTheWatching() {
    AssertSubscriber<String> watcher = watch(10);
    source.broken = true;

    ticks.tick();

    watcher.assertCompleted();
    assertThat(feed.watching()).isZero();

    source.broken = false;
    ticks.tick();
    assertThat(source.befores).as("it rests first").isEmpty();
    nanos += TimeUnit.MINUTES.toNanos(1);
    ticks.tick();
    assertThat(source.befores).hasSize(1);
  }
}
