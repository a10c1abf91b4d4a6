package io.sessionrouter.ops;

import io.sessionrouter.fleet.DrainReason;
import io.sessionrouter.fleet.Health;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What becomes of work for an instance. */
@Schema(name = "InstanceState")
enum InstanceState {
  /** Not asked yet: gets no new work. */
  UNKNOWN,
  /** Gets new work. */
  HEALTHY,
  /** Healthy; its sessions go on, new work goes elsewhere. */
  DRAINING,
  /** Gets no new work; its sessions are still tried, their state may be there. */
  UNHEALTHY,
  /** Nothing listens at its address any more: its sessions' state is lost. */
  GONE;

  /**
   * @param drains why it gets no new work even if it is healthy; empty if it may
   */
  static InstanceState of(Health health, Set<DrainReason> drains) {
    return switch (health.state()) {
      case UNKNOWN -> UNKNOWN;
      case HEALTHY -> drains.isEmpty() ? HEALTHY : DRAINING;
      case UNHEALTHY -> UNHEALTHY;
      case GONE -> GONE;
    };
  }
}
