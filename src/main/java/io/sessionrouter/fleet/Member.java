package io.sessionrouter.fleet;

import io.sessionrouter.domain.Instance;
import java.util.concurrent.atomic.AtomicInteger;

/** An instance in the fleet: its address, its health, and the work it has from this replica. */
public final class Member {
  private final Instance instance;
  private final AtomicInteger inFlight = new AtomicInteger();
  private volatile Health health = Health.UNKNOWN;

  public Member(Instance instance) {
    this.instance = instance;
  }

  public Instance instance() {
    return instance;
  }

  public Health health() {
    return health;
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

  /** Whether the state kept since the given boot is certainly not there any more. */
  public boolean lost(String epoch) {
    Health now = health;
    return now.state() == Health.State.GONE
        || !epoch.isEmpty() && !now.epoch().isEmpty() && !epoch.equals(now.epoch());
  }
}
