package io.sessionrouter.container.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.generation.FakeModel;
import io.sessionrouter.container.generation.MemoryBudget;
import io.sessionrouter.container.generation.SequenceState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SessionsTest {
  private static final long SESSION_BYTES = 256 * FakeModel.BYTES_PER_TOKEN;

  private final TestClock clock = new TestClock();
  private final MemoryBudget budget = new MemoryBudget(3 * SESSION_BYTES);
  private final SessionDirectory directory = new SessionDirectory();
  private final List<SessionEnd> ends = new ArrayList<>();
  private Sessions sessions = sessions(Optional.empty(), EvictionPolicy.NONE);

  private Sessions sessions(Optional<Duration> idle, EvictionPolicy eviction) {
    var lifetime = new Lifetime(Duration.ofMinutes(20), idle);
    sessions = new Sessions(new States(), lifetime, eviction, clock, directory, ends::add);
    budget.onShortage(sessions);
    return sessions;
  }

  /** States of the fake model; freeing returns their bytes to the budget. */
  private final class States implements Sessions.States {
    private final FakeModel model = new FakeModel(10_000, all -> 65);

    @Override
    public SequenceState open() {
      return new SequenceState(model, budget);
    }

    @Override
    public CompletableFuture<Void> release(SequenceState state) {
      budget.release(SESSION_BYTES);
      return CompletableFuture.completedFuture(null);
    }
  }

  @Test
  void anOpenSessionCanBeUsedAgain() throws Exception {
    String id = opened();

    assertThat(sessions.size()).isEqualTo(1);
    try (Use use = sessions.use(id)) {
      assertThat(use.await().id()).isEqualTo(id);
    }
  }

  @Test
  void idsAreUuidsAndDiffer() throws Exception {
    String one = opened();

    assertThat(one).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").isNotEqualTo(opened());
  }

  @Test
  void theExpiryIsInWholeSecondsAndNotLate() throws Exception {
    try (Use use = sessions.open()) {
      assertThat(use.await().expires()).isEqualTo(Instant.parse("2026-01-01T00:20:00Z"));
    }
  }

  @Test
  void anUnknownSessionIsNotFound() {
    assertFault(() -> sessions.use("nobody"), Fault.SESSION_NOT_FOUND);
  }

  @Test
  void aClosedSessionSaysSoAndItsMemoryIsBack() throws Exception {
    String id = opened();

    close(id);

    assertThat(budget.used()).isZero();
    assertThat(sessions.size()).isZero();
    assertFault(() -> sessions.use(id), Fault.SESSION_CLOSED);
    assertThat(ends).containsExactly(SessionEnd.CLOSED);
  }

  @Test
  void whoArrivesAfterACloseIsRefusedAtOnce() throws Exception {
    String id = opened();
    try (Use closing = sessions.use(id)) {
      closing.awaitToClose();

      assertFault(() -> sessions.use(id), Fault.SESSION_CLOSED);
    }
  }

  @Test
  void whoStoodInLineBehindACloseIsToldSo() throws Exception {
    String id = opened();
    try (Use behind = behindAClose(id)) {
      assertFault(behind::await, Fault.SESSION_CLOSED);
    }
  }

  private Use behindAClose(String id) throws InterruptedException {
    try (Use closing = sessions.use(id)) {
      Use behind = sessions.use(id);
      sessions.end(closing.awaitToClose(), SessionEnd.CLOSED).join();
      return behind;
    }
  }

  @Test
  void twoClosesOneIsToldThatItIsClosed() throws Exception {
    String id = opened();
    try (Use first = sessions.use(id);
        Use second = sessions.use(id)) {
      first.awaitToClose();

      assertFault(second::awaitToClose, Fault.SESSION_CLOSED);
    }
  }

  @Test
  void aSessionExpiresUsedOrNot() throws Exception {
    String id = opened();
    clock.advance(Duration.ofMinutes(19));
    use(id);
    clock.advance(Duration.ofMinutes(1));

    assertFault(() -> sessions.use(id), Fault.SESSION_EXPIRED);
    assertThat(sessions.reap()).isEqualTo(1);
    assertThat(budget.used()).isZero();
    assertFault(() -> sessions.use(id), Fault.SESSION_EXPIRED);
    assertThat(ends).containsExactly(SessionEnd.EXPIRED);
  }

  @Test
  void anExpiredSessionInUseEndsAfterItsUse() throws Exception {
    String id = opened();
    try (Use use = sessions.use(id)) {
      use.await();
      clock.advance(Duration.ofHours(1));

      assertThat(sessions.reap()).as("in use").isZero();
      assertThat(sessions.size()).isEqualTo(1);
    }
    assertThat(sessions.reap()).isEqualTo(1);
  }

  @Test
  void aTurnThatBeginsAfterTheExpiryIsRefused() throws Exception {
    String id = opened();
    Use running = sessions.use(id);
    try (Use waiting = sessions.use(id)) {
      clock.advance(Duration.ofHours(1));
      running.close();

      assertFault(waiting::await, Fault.SESSION_EXPIRED);
    }
  }

  @Test
  void idleSessionsExpireCountedFromTheirLastUse() throws Exception {
    sessions(Optional.of(Duration.ofMinutes(2)), EvictionPolicy.NONE);
    String id = opened();
    clock.advance(Duration.ofSeconds(119));
    use(id);
    clock.advance(Duration.ofSeconds(119));
    use(id);
    clock.advance(Duration.ofMinutes(2));

    assertFault(() -> sessions.use(id), Fault.SESSION_EXPIRED);
    assertThat(sessions.reap()).isEqualTo(1);
  }

  @Test
  void aLongUseIsNotIdleness() throws Exception {
    sessions(Optional.of(Duration.ofMinutes(2)), EvictionPolicy.NONE);
    String id = opened();
    try (Use use = sessions.use(id)) {
      use.await();
      clock.advance(Duration.ofMinutes(10));
      assertThat(sessions.reap()).isZero();
    }
    use(id);
  }

  @Test
  void fullMeansRefusedWithoutEviction() throws Exception {
    IntStream.range(0, 3).forEach(i -> openedUnchecked());
    clock.advance(Duration.ofMinutes(10));

    assertFault(() -> sessions.open(), Fault.OUT_OF_SESSION_MEMORY);
    assertThat(sessions.size()).isEqualTo(3);
  }

  @Test
  void expiredSessionsMakeRoomAtOnce() throws Exception {
    IntStream.range(0, 3).forEach(i -> openedUnchecked());
    clock.advance(Duration.ofMinutes(20));

    opened();

    assertThat(sessions.size()).isEqualTo(1);
  }

  @Test
  void evictionTakesTheLeastRecentlyUsed() throws Exception {
    sessions(Optional.empty(), new EvictionPolicy(true, Duration.ofMinutes(1)));
    String first = opened();
    clock.advance(Duration.ofSeconds(1));
    String second = opened();
    clock.advance(Duration.ofSeconds(1));
    String third = opened();
    clock.advance(Duration.ofSeconds(1));
    use(first);
    clock.advance(Duration.ofMinutes(2));

    String fourth = opened();

    assertFault(() -> sessions.use(second), Fault.SESSION_EVICTED);
    use(first);
    use(third);
    use(fourth);
    assertThat(ends).containsExactly(SessionEnd.EVICTED);
  }

  @Test
  void evictionSparesSessionsThatWereUsedJustNow() throws Exception {
    sessions(Optional.empty(), new EvictionPolicy(true, Duration.ofMinutes(1)));
    IntStream.range(0, 3).forEach(i -> openedUnchecked());
    clock.advance(Duration.ofSeconds(59));

    assertFault(() -> sessions.open(), Fault.OUT_OF_SESSION_MEMORY);
  }

  @Test
  void evictionNeverTakesASessionInUse() throws Exception {
    sessions(Optional.empty(), new EvictionPolicy(true, Duration.ZERO));
    List<Use> uses = IntStream.range(0, 3).mapToObj(i -> sessions.use(openedUnchecked())).toList();
    clock.advance(Duration.ofMinutes(10));

    assertFault(() -> sessions.open(), Fault.OUT_OF_SESSION_MEMORY);

    uses.forEach(Use::close);
    clock.advance(Duration.ofMillis(1));
    opened();
  }

  @Test
  void anAbandonedSessionWasNeverThere() throws Exception {
    String id;
    try (Use use = sessions.open()) {
      id = use.await().id();
      sessions.end(use.await(), SessionEnd.ABANDONED).join();
    }

    assertFault(() -> sessions.use(id), Fault.SESSION_NOT_FOUND);
    assertThat(budget.used()).isZero();
  }

  @Test
  void endsAreRememberedForTheLastOnesOnly() {
    var tombstones = new Tombstones(2);
    tombstones.put("a", SessionEnd.CLOSED);
    tombstones.put("b", SessionEnd.EXPIRED);
    tombstones.put("c", SessionEnd.CLOSED);

    assertThat(tombstones.find("a")).isEmpty();
    assertThat(tombstones.find("b")).hasValue(SessionEnd.EXPIRED);
  }

  private String opened() throws InterruptedException {
    try (Use use = sessions.open()) {
      return use.await().id();
    }
  }

  private String openedUnchecked() {
    try {
      return opened();
    } catch (InterruptedException unexpected) {
      throw new AssertionError(unexpected);
    }
  }

  private void use(String id) throws InterruptedException {
    try (Use use = sessions.use(id)) {
      use.await();
    }
  }

  private void close(String id) throws InterruptedException {
    try (Use use = sessions.use(id)) {
      sessions.end(use.awaitToClose(), SessionEnd.CLOSED).join();
    }
  }

  private static void assertFault(ThrowingCallable call, Fault expected) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            FaultException.class, failed -> assertThat(failed.fault()).isEqualTo(expected));
  }
}
