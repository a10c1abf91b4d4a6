package io.sessionrouter.ops;

import io.sessionrouter.fleet.DrainReason;
import io.sessionrouter.fleet.Health;
import io.sessionrouter.telemetry.FleetMeters;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One instance as the meters know it: its last state, and since when its container has been
 * awaited.
 *
 * <p>A container that was healthy at its first check was there before the router, and is no cold
 * start; nor is one that comes back with the boot id it had.
 */
final class WatchedMember {
  private static final long NOT_AWAITED = -1;

  /** Somebody wants it empty; not being ready passes. */
  private static final Set<DrainReason> DRAINED =
      EnumSet.of(DrainReason.TERMINATING, DrainReason.CONTAINER, DrainReason.OPERATOR);

  private final FleetMeters meters;
  private final FleetMeters.Key key;
  private final FleetMeters.Readings readings;
  private final FleetMeters.Shown shown;
  private @Nullable InstanceState state;
  private long stateSince;
  private String bootId;
  private boolean gone;
  private boolean seenHealthy;
  private long awaitedSince = NOT_AWAITED;

  /**
   * @param bootElsewhere the boot id it had at another address; empty if it was at none
   */
  WatchedMember(
      FleetMeters meters,
      FleetMeters.Key key,
      FleetMeters.Readings readings,
      String bootElsewhere) {
    this.meters = meters;
    this.key = key;
    this.readings = readings;
    this.bootId = bootElsewhere;
    this.shown = meters.show(key, readings);
  }

  /**
   * @param drains why it gets no new work even if it is healthy; empty if it may
   * @param slots how many sessions it may hold; null if that is unbounded
   */
  void look(long now, Health health, Set<DrainReason> drains, @Nullable Integer slots) {
    shown.slots(slots);
    InstanceState present = InstanceState.of(health, drains);
    shown.draining(drains.stream().anyMatch(DRAINED::contains));
    if (present != state || health.since() != stateSince) {
      changed(present, health.since());
    }
    await(now, health);
  }

  /** A state that began anew was left in between, even if that was too short to be seen. */
  private void changed(InstanceState present, long since) {
    if (present != InstanceState.UNKNOWN) {
      meters.changed(key, present.name());
    }
    if (present != state) {
      shown.state(present.name());
    }
    state = present;
    stateSince = since;
  }

  private void await(long now, Health health) {
    if (health.state() == Health.State.HEALTHY) {
      if (hasMoved(health)) {
        meters.migrated(key.endpoint(), readings.sessions().getAsInt());
      }
      if (awaitedSince != NOT_AWAITED && isNew(health)) {
        meters.instanceStarted(key.endpoint(), Duration.ofMillis(now - awaitedSince));
      }
      awaitedSince = NOT_AWAITED;
      bootId = health.bootId();
      seenHealthy = true;
      gone = false;
    } else if (health.failures() > 0) {
      gone |= health.state() == Health.State.GONE;
      awaitedSince = awaitedSince == NOT_AWAITED ? now : awaitedSince;
    }
  }

  /** Where there are no boot ids, a container that was gone has started anew. */
  private boolean isNew(Health health) {
    boolean comparable = !bootId.isEmpty() && !health.bootId().isEmpty();
    return comparable ? !bootId.equals(health.bootId()) : !seenHealthy || gone;
  }

  /** It is here for the first time, and was elsewhere in the same boot. */
  private boolean hasMoved(Health health) {
    return !seenHealthy && !bootId.isEmpty() && bootId.equals(health.bootId());
  }

  void left() {
    meters.changed(key, "left");
    forget();
  }

  /** Its endpoint is no more, of which nothing is counted. */
  void forget() {
    shown.remove();
  }
}
