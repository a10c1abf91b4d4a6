package io.sessionrouter.fleet;

import io.sessionrouter.domain.Instance;
import io.sessionrouter.domain.Session;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/** An instance in the fleet: its address, its health, and the work it has from this replica. */
public final class Member {
  private final Instance instance;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicReference<Health> health;

  public Member(Instance instance) {
    this(instance, Health.UNKNOWN);
  }

  /** A member of which something is known already. */
  public Member(Instance instance, Health health) {
    this.instance = instance;
    this.health = new AtomicReference<>(health);
  }

  public Instance instance() {
    return instance;
  }

  public Health health() {
    return health.get();
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
  boolean placeable() {
    return health().state() == Health.State.HEALTHY;
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
  }
}
