package io.sessionrouter.fleet;

import io.sessionrouter.domain.Instance;
import org.jboss.logging.Logger;

/** One line for every change of an instance's state, and none while it stays. */
final class HealthLog {
  private static final Logger LOG = Logger.getLogger(HealthLog.class);

  private HealthLog() {}

  static void changed(Instance instance, Health before, Health after, String reason) {
    if (before.state() != after.state()) {
      LOG.logf(
          after.state() == Health.State.HEALTHY ? Logger.Level.INFO : Logger.Level.WARN,
          "instance state changed endpoint=%s variant=%s instance=%s from=%s to=%s reason=\"%s\"",
          instance.endpoint(),
          instance.variant(),
          instance.id(),
          before.state(),
          after.state(),
          reason);
    } else if (!before.epoch().isEmpty() && !before.epoch().equals(after.epoch())) {
      LOG.warnf(
          "instance restarted endpoint=%s variant=%s instance=%s from=\"%s\" to=\"%s\"",
          instance.endpoint(), instance.variant(), instance.id(), before.epoch(), after.epoch());
    }
  }
}
