package io.sessionrouter.fleet;

import io.sessionrouter.container.CheckResult;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.domain.Session;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/** An instance in the fleet: its address, its health, and the work it has from this replica. */
public final class Member {
  private final Instance instance;
  private final String bootElsewhere;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AwaitedAnswers awaited = new AwaitedAnswers();
  private final AtomicReference<Health> health;
  private final AtomicReference<Incarnation> life;
  private volatile Readiness standing = Readiness.READY;
  private volatile boolean drainedByOperator;
  private volatile String name = "";
  private volatile String lastFailure = "";
  private volatile long drainChangedAt;
  private volatile boolean used;
  private volatile boolean hardToReach;
  private volatile long holdMillis;

  public Member(Instance instance) {
    this(instance, Health.UNKNOWN);
  }

  /** A member of which something is known already. */
  public Member(Instance instance, Health health) {
    this(instance, health, begun(instance, health), "");
  }

  /**
   * A member of whose container something is known already.
   *
   * @param bootElsewhere its last boot id where it was; empty if it reported none, or did not move
   */
  Member(Instance instance, Health health, Incarnation life, String bootElsewhere) {
    this.instance = instance;
    this.health = new AtomicReference<>(health);
    this.life = new AtomicReference<>(life);
    this.bootElsewhere = bootElsewhere;
  }

  private static Incarnation begun(Instance instance, Health health) {
    Incarnation begun =
        Incarnation.begun(AddressBinding.of(instance, ""), instance.authority(), "");
    return health.bootId().isEmpty() ? begun : begun.passed(health.bootId(), false, health.since());
  }

  public Instance instance() {
    return instance;
  }

  public Health health() {
    return health.get();
  }

  /** What its container calls itself; empty if it did not say. */
  public String name() {
    return name;
  }

  /** Why the latest check or request failed; empty if none did. */
  public String lastFailure() {
    return lastFailure;
  }

  /** When it last began or stopped to drain, epoch milliseconds; 0 if it never did. */
  public long drainChangedAt() {
    return drainChangedAt;
  }

  /** The boot id it had at another address; empty if it was at none, or reported none. */
  public String bootElsewhere() {
    return bootElsewhere;
  }

  /** Requests this replica has under way on it. */
  public int inFlight() {
    return inFlight.get();
  }

  /** A request goes to the instance. */
  public void began() {
    inFlight.incrementAndGet();
    awaited.began();
    if (!used) {
      used = true;
    }
  }

  /** The request got the head of its answer. */
  public void answered() {
    awaited.answered();
  }

  /** Since when no waiting request got its answer, epoch milliseconds; 0 if none waits. */
  public long waitingSince() {
    return awaited.since();
  }

  /**
   * The request is over.
   *
   * @param answered whether it was {@link #answered()}
   */
  public void ended(boolean answered) {
    inFlight.decrementAndGet();
    if (!answered) {
      awaited.ended();
    }
  }

  /** Whether requests went to it since this was asked last, or are under way. */
  boolean usedSinceAsked() {
    boolean was = used;
    used = false;
    return was || inFlight() > 0;
  }

  /**
   * What became of the session's state.
   *
   * @param known up to when it is known for certain that the instance is here or nowhere
   */
  public StateVerdict verdict(Session session, long known) {
    boolean gone = health().state() == Health.State.GONE;
    long here = standing == Readiness.UNLISTED ? 0 : known;
    return life().verdict(session.bootId(), session.createdAt(), gone, here);
  }

  boolean outlived(Session session, String boot, long known) {
    long here = standing == Readiness.UNLISTED ? 0 : known;
    return life().outlived(session.bootId(), boot, session.createdAt(), here);
  }

  /** What a session is marked with that begins here, if the container's answer has no boot id. */
  public String mark() {
    return life().mark();
  }

  /** Changes whenever sessions may have lost their state; empty before anything is known. */
  public String sign() {
    Health.State state = health().state();
    return state == Health.State.UNKNOWN ? "" : life().sign(state == Health.State.GONE);
  }

  /**
   * How it is last known here.
   *
   * @param left when it left the fleet; 0 if it does not
   */
  Incarnation.End end(long left, long known) {
    boolean gone = health().state() == Health.State.GONE;
    boolean listed = standing != Readiness.UNLISTED;
    return new Incarnation.End(gone, listed, left, listed ? known : 0);
  }

  Incarnation life() {
    return life.get();
  }

  /** Whether it may get new work. */
  public boolean placeable() {
    Health now = health();
    return now.state() == Health.State.HEALTHY && stays(now);
  }

  /** Whether it may get new work where no member is {@link #placeable}. */
  boolean placeableInPanic() {
    Health now = health();
    return now.ejected() && stays(now);
  }

  private boolean stays(Health now) {
    return standing == Readiness.READY && !now.draining() && !drainedByOperator;
  }

  /** Whether connects failed since its last good check: others are better, if there are any. */
  boolean hardToReach() {
    return hardToReach;
  }

  void hardToReach(boolean is) {
    hardToReach = is;
  }

  /** How long it stays out for broken requests although its checks pass. */
  long holdMillis() {
    return holdMillis;
  }

  void holdFor(long millis) {
    holdMillis = millis;
  }

  /** Why it gets no new work, apart from its health; empty if it may. */
  public Set<DrainReason> drainReasons() {
    Set<DrainReason> reasons = EnumSet.noneOf(DrainReason.class);
    if (drainedByOperator) {
      reasons.add(DrainReason.OPERATOR);
    }
    if (health().draining()) {
      reasons.add(DrainReason.CONTAINER);
    }
    switch (standing) {
      case READY -> {}
      case NOT_READY -> reasons.add(DrainReason.NOT_READY);
      case TERMINATING -> reasons.add(DrainReason.TERMINATING);
      case UNLISTED -> reasons.add(DrainReason.UNLISTED);
    }
    return reasons;
  }

  /** A discovery says this of it now. */
  void stands(Readiness now, long at) {
    Set<DrainReason> before = drainReasons();
    standing = now;
    drainChanged(before, at);
  }

  /** Operators want it drained, or no longer. */
  void drainedByOperator(boolean drained, long at) {
    Set<DrainReason> before = drainReasons();
    drainedByOperator = drained;
    drainChanged(before, at);
  }

  private void drainChanged(Set<DrainReason> before, long at) {
    Set<DrainReason> after = drainReasons();
    HealthLog.drainChanged(instance, before, after);
    noteDrain(before, after, at);
  }

  private void noteDrain(Set<DrainReason> before, Set<DrainReason> after, long at) {
    if (before.isEmpty() != after.isEmpty()) {
      drainChangedAt = at;
    }
  }

  /**
   * Replaces the health by what follows from an observation, and logs it if the state changed.
   *
   * @param reason for the log
   */
  public void observe(UnaryOperator<Health> observation, String reason) {
    Health before;
    Health after;
    do {
      before = health.get();
      after = observation.apply(before);
    } while (!health.compareAndSet(before, after));
    if (after.failures() > before.failures()) {
      lastFailure = reason;
    }
    HealthLog.changed(instance, before, after, reason);
    if (before.draining() != after.draining()) {
      HealthLog.containerDrains(instance, after.draining());
    }
  }

  /**
   * An active check was made.
   *
   * @param sent when it was, epoch milliseconds
   */
  void checked(CheckResult result, long sent, long now) {
    boolean gone = health().state() == Health.State.GONE;
    switch (result) {
      case CheckResult.Passed(String boot, String reported, boolean draining) -> {
        life.updateAndGet(l -> l.passed(boot, gone, sent));
        hardToReach = false;
        name = reported;
        Set<DrainReason> before = drainReasons();
        observe(h -> h.checkPassed(boot, now, holdMillis).withDraining(draining), "check passed");
        noteDrain(before, drainReasons(), now);
      }
      case CheckResult.Failed(String reason) -> {
        life.updateAndGet(l -> l.failed(gone));
        observe(h -> h.checkFailed(now), reason);
      }
      case CheckResult.Refused() -> {
        life.updateAndGet(l -> l.refused(sent));
        observe(h -> h.checkRefused(now), "connection refused");
      }
    }
  }

  /** The platform reports when the container began. */
  void began(long at) {
    life.updateAndGet(l -> l.began(at));
  }
}
