package io.sessionrouter.fleet;

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
  private final AtomicReference<Health> health;
  private volatile Standing standing = Standing.READY;
  private volatile boolean drainedByOperator;
  private volatile boolean hardToReach;
  private volatile long holdMillis;

  public Member(Instance instance) {
    this(instance, Health.UNKNOWN, "");
  }

  /** A member of which something is known already. */
  public Member(Instance instance, Health health) {
    this(instance, health, "");
  }

  /**
   * A member that changed its address.
   *
   * @param bootElsewhere its last boot id where it was; empty if it told none
   */
  Member(Instance instance, Health health, String bootElsewhere) {
    this.instance = instance;
    this.health = new AtomicReference<>(health);
    this.bootElsewhere = bootElsewhere;
  }

  public Instance instance() {
    return instance;
  }

  public Health health() {
    return health.get();
  }

  /** The boot id it had at another address; empty if it was at none, or told none. */
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
  }

  /** The request is over. */
  public void ended() {
    inFlight.decrementAndGet();
  }

  /** Whether the session's state is certainly not there any more. */
  public boolean lost(Session session) {
    return health().lost(session.epoch(), session.createdAt());
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
    return standing == Standing.READY && !now.draining() && !drainedByOperator;
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
  void stands(Standing now) {
    Set<DrainReason> before = drainReasons();
    standing = now;
    HealthLog.drainChanged(instance, before, drainReasons());
  }

  /** Operators want it drained, or no longer. */
  void drainedByOperator(boolean drained) {
    Set<DrainReason> before = drainReasons();
    drainedByOperator = drained;
    HealthLog.drainChanged(instance, before, drainReasons());
  }

  /**
   * Replaces the health by what follows from an observation, and logs it if the state changed.
   *
   * @param reason for the log
   */
  void observe(UnaryOperator<Health> observation, String reason) {
    Health before;
    Health after;
    do {
      before = health.get();
      after = observation.apply(before);
    } while (!health.compareAndSet(before, after));
    HealthLog.changed(instance, before, after, reason);
    if (before.draining() != after.draining()) {
      HealthLog.containerDrains(instance, after.draining());
    }
  }
}
