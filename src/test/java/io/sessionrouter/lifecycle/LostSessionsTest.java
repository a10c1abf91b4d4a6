package io.sessionrouter.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.domain.Loss;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup.Found;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.HealthSettings;
import io.sessionrouter.endpoint.Limits;
import io.sessionrouter.endpoint.SessionSettings;
import io.sessionrouter.endpoint.Timeouts;
import io.sessionrouter.endpoint.VariantSettings;
import io.sessionrouter.fleet.DepartedFleets;
import io.sessionrouter.fleet.Fleet;
import io.sessionrouter.fleet.FleetView;
import io.sessionrouter.fleet.InstanceFailure;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.fleet.Observed;
import io.sessionrouter.fleet.Requester;
import io.sessionrouter.ops.InMemorySessions;
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
    fleet.members(passed(pod(ONE), "boot-1"));
    fleet.left(passed(pod(ZERO), "boot-1"), clock.millis());

    round();

    assertThat(store.ended).containsExactlyInAnyOrder("a LEFT", "b LEFT");
    assertThat(store.live()).containsExactly("stays");
  }

  @Test
  void allPagesAreRead() {
    for (int i = 0; i < 2 * LostSessions.PAGE_SIZE + 1; i++) {
      store.add("s-" + i, ZERO, "b", clock.millis());
    }
    fleet.left(passed(pod(ZERO), "b"), clock.millis());

    round();

    assertThat(store.ended).hasSize(2 * LostSessions.PAGE_SIZE + 1);
  }

  @Test
  void oneThatAnotherReplicaPlacedLateEndsToo() {
    fleet.left(passed(pod(ZERO), "b"), clock.millis());
    round();
    store.add("late", ZERO, "b", clock.millis() + 1);
    clock.advance(LostSessions.AGAIN_AFTER);

    round();

    assertThat(store.ended).containsExactly("late LEFT");
  }

  @Test
  void afterThatNobodyLooksAnyMore() {
    fleet.left(passed(pod(ZERO), "b"), clock.millis());
    round();
    clock.advance(LostSessions.AGAIN_AFTER);
    round();
    int before = store.calls.size();

    clock.advance(LostSessions.AGAIN_AFTER);
    round();

    assertThat(store.calls).hasSize(before);
  }

  /** It left, or it was not seen yet by this replica: what is known later tells. */
  @Test
  void whatCannotBeToldYetIsLookedAtAgainAndLessAndLessOften() {
    store.add("a", ZERO, "boot-2", clock.millis());
    fleet.left(passed(pod(ZERO), "boot-1"), clock.millis());
    fleet.known = clock.millis();
    long end = clock.millis() + LostSessions.AGAIN_AFTER.multipliedBy(3).toMillis();
    int looks = 0;
    while (clock.millis() < end) {
      round();
      clock.advance(LostSessions.PERIOD);
      looks++;
    }
    assertThat(store.ended).isEmpty();
    assertThat(store.calls).hasSizeBetween(18, looks / 4);

    fleet.known = clock.millis();
    clock.advance(LostSessions.RARE_PERIOD);
    round();

    assertThat(store.ended).containsExactly("a LEFT");
  }

  @Test
  void whileRedisIsAwayItIsTriedAgainHoweverLongThatTakes() {
    store.add("a", ZERO, "b", clock.millis());
    fleet.left(passed(pod(ZERO), "b"), clock.millis());
    store.away = true;
    round();
    clock.advance(LostSessions.AGAIN_AFTER.multipliedBy(2));
    round();
    assertThat(store.ended).isEmpty();

    store.away = false;
    round();

    assertThat(store.ended).containsExactly("a LEFT");
  }

  @Test
  void whatCouldNotBeEndedIsTriedAgain() {
    store.add("a", ZERO, "boot-1", clock.millis());
    Member zero = passed(pod(ZERO), "boot-1");
    fleet.members(zero);
    round();
    clock.advance(TIME);
    passed(zero, "boot-2");
    store.readOnly = true;
    round();
    assertThat(store.ended).isEmpty();

    store.readOnly = false;
    round();

    assertThat(store.ended).containsExactly("a RESTARTED");
  }

  @Test
  void theSessionsOfAContainerThatBeganAnewEndAndNoOthers() {
    store.add("old", ZERO, "boot-1", clock.millis());
    store.add("elsewhere", ONE, "other", clock.millis());
    Member zero = passed(pod(ZERO), "boot-1");
    fleet.members(zero, passed(pod(ONE), "other"));
    round();
    assertThat(store.ended).isEmpty();

    clock.advance(TIME);
    store.add("new", ZERO, "boot-2", clock.millis());
    passed(zero, "boot-2");
    round();

    assertThat(store.ended).containsExactly("old RESTARTED");
    assertThat(store.live()).containsExactlyInAnyOrder("new", "elsewhere");
  }

  @Test
  void aRestartIsSweptOnceAndTheNextOneAgain() {
    Member zero = passed(pod(ZERO), "boot-1");
    fleet.members(zero);
    round();
    clock.advance(TIME);
    passed(zero, "boot-2");
    round();
    round();
    assertThat(store.calls).hasSize(2);
    store.add("second", ZERO, "boot-2", clock.millis());

    clock.advance(TIME);
    passed(zero, "boot-3");
    round();

    assertThat(store.ended).containsExactly("second RESTARTED");
  }

  /** All routers, and the container, may have been started anew meanwhile. */
  @Test
  void whatWasThereBeforeTheRouterIsLookedAtToo() {
    store.add("of another boot", ZERO, "boot-0", clock.millis());
    fleet.members(passed(pod(ZERO), "boot-1"));
    round();
    assertThat(store.ended).as("it may be of a newer boot").isEmpty();

    clock.advance(LostSessions.RARE_PERIOD);
    passed(fleet.members.getFirst(), "boot-1");
    fleet.known = clock.millis();
    round();

    assertThat(store.ended).containsExactly("of another boot RESTARTED");
  }

  @Test
  void anInstanceThatWasNotCheckedYetIsNotSwept() {
    fleet.members(pod(ZERO));

    round();

    assertThat(store.calls).isEmpty();
  }

  @Test
  void anInstanceThatIsGoneForLongIsNotAwaited() {
    store.add("a", ZERO, "boot-1", clock.millis());
    Member zero = passed(pod(ZERO), "boot-1");
    fleet.members(zero);
    round();
    Observed.gone(zero, clock.millis(), clock.millis() + 300);
    round();
    clock.advance(LostSessions.CERTAIN_AFTER.minusMillis(1));
    round();
    assertThat(store.ended).as("it may only look so from here").isEmpty();

    clock.advance(Duration.ofMillis(1));
    round();

    assertThat(store.ended).containsExactly("a GONE");
  }

  /** Another replica was first to find the container back, and opened a session there. */
  @Test
  void oneThatIsGoneFromHereKeepsWhatOthersOpenThere() {
    Member zero = passed(pod(ZERO), "boot-1");
    fleet.members(zero);
    Observed.gone(zero, clock.millis(), clock.millis() + 300);
    clock.advance(Duration.ofSeconds(1));
    store.add("new", ZERO, "boot-2", clock.millis());
    round();
    clock.advance(LostSessions.CERTAIN_AFTER);
    round();
    assertThat(store.ended).isEmpty();

    passed(zero, "boot-2");
    round();

    assertThat(store.ended).isEmpty();
  }

  @Test
  void oneThatIsBackWithTheSameBootLostNothing() {
    store.add("a", ZERO, "boot-1", clock.millis());
    Member zero = passed(pod(ZERO), "boot-1");
    clock.advance(TIME);
    Observed.gone(zero, clock.millis(), clock.millis() + 300);
    passed(zero, "boot-1");
    fleet.members(zero);

    round();

    assertThat(store.ended).isEmpty();
    assertThat(store.live()).containsExactly("a");
  }

  @Test
  void withoutBootIdsWhoWasGoneHasLostWhatWasThereBefore() {
    store.add("old", ZERO, "pod uid-chat-0", clock.millis());
    Member zero = passed(pod(ZERO), "");
    clock.advance(TIME);
    Observed.gone(zero, clock.millis(), clock.millis() + 300);
    clock.advance(TIME);
    store.add("new", ZERO, "pod uid-chat-0", clock.millis());
    passed(zero, "");
    fleet.members(zero);

    round();

    assertThat(store.ended).containsExactly("old RESTARTED");
  }

  @Test
  void oneThatLeftAndIsBackKeepsWhatItHasNow() {
    store.add("old", ZERO, "boot-1", clock.millis());
    Member zero = passed(pod(ZERO), "boot-1");
    fleet.left(zero, clock.millis());
    clock.advance(TIME);
    store.add("new", ZERO, "boot-2", clock.millis());
    Member back = passed(pod(ZERO), "boot-1");
    fleet.members(passed(back, "boot-2"));

    round();

    assertThat(store.ended).containsExactly("old RESTARTED");
  }

  @Test
  void twoRoundsDoNotRunAtTheSameTime() {
    store.add("a", ZERO, "b", clock.millis());
    fleet.left(passed(pod(ZERO), "b"), clock.millis());
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

  private static Member pod(String id) {
    return Observed.pod(new Instance("chat", "main", id, "127.0.0.1", 1, false), "uid-" + id);
  }

  private Member passed(Member member, String boot) {
    return Observed.passed(member, boot, clock.millis());
  }

  /** One endpoint, as the test says. */
  private static final class StandIn implements FleetView {
    private static final EndpointSettings SETTINGS =
        new EndpointSettings(
            "chat",
            List.of(new VariantSettings("main", 1, List.of())),
            new SessionSettings(TIME, null, null, "bye"),
            new Limits(1),
            new Timeouts(TIME, TIME, TIME),
            new HealthSettings("/ping", TIME, TIME),
            "none");

    List<Member> members = List.of();
    long known = Long.MIN_VALUE;
    private DepartedFleets.Left[] left = {};

    void members(Member... now) {
      members = List.of(now);
    }

    void left(Member member, long at) {
      left = new DepartedFleets.Left[] {new DepartedFleets.Left(member, at)};
    }

    @Override
    public Fleet current() {
      return new Fleet(Map.of("chat", DepartedFleets.fleet(SETTINGS, members, known, left)));
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
  private static final class Store extends InMemorySessions {
    final List<String> ended = new ArrayList<>();
    boolean readOnly;
    Promise<Void> answer = Promise.promise();

    Store() {
      answer.complete();
    }

    void add(String id, String instance, String bootId, long at) {
      add(new Session(id, instance, bootId, "main", "", "", at, at + 600_000, at));
    }

    List<String> live() {
      return known.entrySet().stream()
          .filter(e -> e.getValue() instanceof Found)
          .map(Map.Entry::getKey)
          .toList();
    }

    @Override
    public Future<Page> list(
        String endpoint,
        Collection<String> instances,
        Asker asker,
        int limit,
        @Nullable String cursor) {
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
