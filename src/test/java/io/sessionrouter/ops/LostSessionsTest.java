package io.sessionrouter.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.domain.Loss;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup.Found;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.domain.Settings;
import io.sessionrouter.fleet.Departed;
import io.sessionrouter.fleet.Fleet;
import io.sessionrouter.fleet.FleetView;
import io.sessionrouter.fleet.Health;
import io.sessionrouter.fleet.Health.State;
import io.sessionrouter.fleet.InstanceFailure;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.fleet.Parted;
import io.sessionrouter.fleet.Requester;
import io.sessionrouter.testing.MutableClock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whose sessions are ended when instances lose their state, and how often that is looked at. */
class LostSessionsTest {
  private static final Duration TIME = Duration.ofSeconds(10);
  private static final String ZERO = "chat-0";
  private static final String ONE = "chat-1";

  private final MutableClock clock = new MutableClock();
  private final Store store = new Store();
  private final StandIn fleet = new StandIn();
  private final LostSessions lost = new LostSessions(fleet, store, store, clock);

  @Test
  void theSessionsOfAnInstanceThatLeftEnd() {
    long before = clock.millis();
    store.add("a", ZERO, "boot-1", before);
    store.add("b", ZERO, "boot-1", before);
    store.add("stays", ONE, "boot-1", before);
    fleet.members(member(ONE, healthy("boot-1", before)));
    fleet.left = new Departed[] {new Departed(ZERO, clock.millis())};

    round();

    assertThat(store.ended).containsExactlyInAnyOrder("a LEFT", "b LEFT");
    assertThat(store.live()).containsExactly("stays");
  }

  @Test
  void allPagesAreRead() {
    for (int i = 0; i < 2 * LostSessions.PAGE + 1; i++) {
      store.add("s-" + i, ZERO, "", clock.millis());
    }
    fleet.left = new Departed[] {new Departed(ZERO, clock.millis())};

    round();

    assertThat(store.ended).hasSize(2 * LostSessions.PAGE + 1);
  }

  @Test
  void oneThatAnotherReplicaPlacedLateEndsToo() {
    long parting = clock.millis();
    fleet.left = new Departed[] {new Departed(ZERO, parting)};
    round();
    store.add("late", ZERO, "", parting);
    clock.advance(LostSessions.AGAIN_FOR);

    round();

    assertThat(store.ended).containsExactly("late LEFT");
  }

  @Test
  void afterAWhileNobodyLooksAnyMore() {
    fleet.left = new Departed[] {new Departed(ZERO, clock.millis())};
    round();
    clock.advance(LostSessions.AGAIN_FOR.plusMillis(1));
    int before = store.calls.size();

    round();

    assertThat(store.calls).hasSize(before);
  }

  @Test
  void whileRedisIsAwayItIsTriedAgainHoweverLongThatTakes() {
    store.add("a", ZERO, "", clock.millis());
    fleet.left = new Departed[] {new Departed(ZERO, clock.millis())};
    store.away = true;
    round();
    clock.advance(LostSessions.AGAIN_FOR.multipliedBy(2));
    round();
    assertThat(store.ended).isEmpty();

    store.away = false;
    round();

    assertThat(store.ended).containsExactly("a LEFT");
  }

  @Test
  void whatCouldNotBeEndedIsTriedAgain() {
    long before = clock.millis();
    store.add("a", ZERO, "boot-1", before);
    fleet.members(member(ZERO, healthy("boot-1", before)));
    round();
    clock.advance(TIME);
    fleet.members(member(ZERO, healthy("boot-2", clock.millis())));
    store.readOnly = true;
    round();
    assertThat(store.ended).isEmpty();

    store.readOnly = false;
    round();

    assertThat(store.ended).containsExactly("a RESTARTED");
  }

  @Test
  void theSessionsOfAContainerThatBeganAnewEndAndNoOthers() {
    long first = clock.millis();
    store.add("old", ZERO, "boot-1", first);
    fleet.members(member(ZERO, healthy("boot-1", first)), member(ONE, healthy("other", first)));
    store.add("elsewhere", ONE, "other", first);
    round();
    assertThat(store.ended).isEmpty();

    clock.advance(TIME);
    store.add("new", ZERO, "boot-2", clock.millis());
    fleet.members(
        member(ZERO, healthy("boot-2", clock.millis())), member(ONE, healthy("other", first)));
    round();

    assertThat(store.ended).containsExactly("old RESTARTED");
    assertThat(store.live()).containsExactlyInAnyOrder("new", "elsewhere");
  }

  @Test
  void aRestartIsSweptOnceAndTheNextOneAgain() {
    fleet.members(member(ZERO, healthy("boot-1", clock.millis())));
    round();
    clock.advance(TIME);
    fleet.members(member(ZERO, healthy("boot-2", clock.millis())));
    round();
    round();
    assertThat(store.calls).hasSize(1);
    store.add("second", ZERO, "boot-2", clock.millis());

    clock.advance(TIME);
    fleet.members(member(ZERO, healthy("boot-3", clock.millis())));
    round();

    assertThat(store.ended).containsExactly("second RESTARTED");
  }

  @Test
  void anInstanceThatWasThereBeforeTheRouterIsNotSwept() {
    store.add("of another boot", ZERO, "boot-0", clock.millis() - 1);

    fleet.members(member(ZERO, healthy("boot-1", clock.millis())));
    round();

    assertThat(store.calls).isEmpty();
  }

  @Test
  void anInstanceThatIsGoneForLongIsNotAwaited() {
    store.add("a", ZERO, "boot-1", clock.millis());
    fleet.members(member(ZERO, gone("boot-1", clock.millis())));
    clock.advance(InstanceLosses.CERTAIN.minusMillis(1));
    round();
    assertThat(store.ended).as("it may only look so from here").isEmpty();

    clock.advance(Duration.ofMillis(1));
    round();

    assertThat(store.ended).containsExactly("a GONE");
  }

  @Test
  void oneThatIsBackWithTheSameBootLostNothing() {
    long before = clock.millis();
    store.add("a", ZERO, "boot-1", before);
    clock.advance(TIME);
    Health back = new Health(State.HEALTHY, "boot-1", before, 0, 0, 0, 0, clock.millis(), false);
    fleet.members(member(ZERO, back));

    round();

    assertThat(store.ended).isEmpty();
    assertThat(store.live()).containsExactly("a");
  }

  @Test
  void withoutBootIdsWhoWasGoneHasLostWhatWasThereBefore() {
    long before = clock.millis();
    store.add("old", ZERO, "", before);
    clock.advance(TIME);
    long goneAt = clock.millis();
    store.add("new", ZERO, "", goneAt);
    fleet.members(member(ZERO, new Health(State.HEALTHY, "", 0, 0, 0, 0, goneAt, goneAt, false)));

    round();

    assertThat(store.ended).containsExactly("old RESTARTED");
  }

  @Test
  void oneThatLeftAndIsBackKeepsWhatItHasNow() {
    long before = clock.millis();
    store.add("old", ZERO, "boot-1", before);
    clock.advance(TIME);
    store.add("new", ZERO, "boot-2", clock.millis());
    fleet.left = new Departed[] {new Departed(ZERO, before)};
    fleet.members(member(ZERO, healthy("boot-2", clock.millis())));

    round();

    assertThat(store.ended).containsExactly("old RESTARTED");
  }

  @Test
  void twoRoundsDoNotRunAtTheSameTime() {
    store.add("a", ZERO, "", clock.millis());
    fleet.left = new Departed[] {new Departed(ZERO, clock.millis())};
    store.answer = Promise.promise();
    Future<Void> first = lost.round();

    round();
    assertThat(store.calls).hasSize(1);
    store.answer.complete();

    assertThat(first.succeeded()).isTrue();
    assertThat(store.ended).containsExactly("a LEFT");
  }

  private void round() {
    assertThat(lost.round().succeeded()).as("the round has ended").isTrue();
  }

  private static Member member(String id, Health health) {
    return new Member(new Instance("chat", "main", id, "127.0.0.1", 1, false), health);
  }

  private static Health healthy(String epoch, long since) {
    return new Health(State.HEALTHY, epoch, since, 0, 0, 0, since, 0, false);
  }

  private static Health gone(String epoch, long at) {
    return new Health(State.GONE, epoch, at, 3, 3, 0, at, at, false);
  }

  /** One endpoint, as the test says. */
  private static final class StandIn implements FleetView {
    private static final Settings.Endpoint SETTINGS =
        new Settings.Endpoint(
            "chat",
            List.of(new Settings.Variant("main", 1, List.of())),
            new Settings.Sessions(TIME, null, null, "bye"),
            new Settings.Limits(1),
            new Settings.Timeouts(TIME, TIME, TIME),
            new Settings.Health("/ping", TIME, TIME),
            "none");

    Departed[] left = {};
    private List<Member> members = List.of();

    void members(Member... now) {
      members = List.of(now);
    }

    @Override
    public Fleet current() {
      return new Fleet(Map.of("chat", Parted.fleet(SETTINGS, members, left)));
    }

    @Override
    public void failed(Member member, InstanceFailure failure, Requester by) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void answered(Member member, Requester by) {
      throw new UnsupportedOperationException();
    }
  }

  /** Sessions that are listed by instance and lost, each once. */
  private static final class Store extends FakeRoom {
    final List<String> ended = new ArrayList<>();
    boolean readOnly;
    Promise<Void> answer = Promise.promise();

    Store() {
      answer.complete();
    }

    void add(String id, String instance, String epoch, long at) {
      add(new Session(id, instance, epoch, "main", "", "", at, at + 600_000, at));
    }

    List<String> live() {
      return known.entrySet().stream()
          .filter(e -> e.getValue() instanceof Found)
          .map(Map.Entry::getKey)
          .toList();
    }

    @Override
    public Future<Page> list(
        String endpoint, Collection<String> instances, int limit, @Nullable String cursor) {
      calls.add("list " + endpoint + " " + instances);
      return away
          ? unavailable()
          : answer.future().map(done -> page(instances, limit, cursor == null ? "" : cursor));
    }

    private Page page(Collection<String> instances, int limit, String after) {
      List<Session> page =
          known.values().stream()
              .filter(Found.class::isInstance)
              .map(found -> ((Found) found).session())
              .filter(s -> instances.contains(s.instance()) && s.id().compareTo(after) > 0)
              .sorted((a, b) -> a.id().compareTo(b.id()))
              .limit(limit)
              .toList();
      return new Page(page, page.size() < limit ? null : page.getLast().id());
    }

    @Override
    public Future<Void> lose(String endpoint, Session session, Loss why) {
      if (readOnly) {
        return unavailable();
      }
      if (known.put(session.id(), Missing.LOST) instanceof Found) {
        ended.add(session.id() + " " + why);
      }
      return Future.succeededFuture();
    }

    private static <T> Future<T> unavailable() {
      return Future.failedFuture(new RouterException(FailureKind.STORE_UNAVAILABLE, "away"));
    }
  }
}
