package io.sessionrouter.fleet;

import io.sessionrouter.domain.Instance;
import java.util.Set;
import org.jboss.logging.Logger;

/** One line for every change of an instance, and none while it stays as it is. */
final class HealthLog {
  private static final Logger LOG = Logger.getLogger(HealthLog.class);

  private HealthLog() {}

  /** The instance came, or came back, or is met at another address. */
  static void joined(Instance instance) {
    LOG.infof(
        "instance joined endpoint=%s variant=%s instance=%s address=%s",
        instance.endpoint(), instance.variant(), instance.id(), instance.authority());
  }

  static void left(Instance instance) {
    LOG.infof(
        "instance left endpoint=%s variant=%s instance=%s address=%s",
        instance.endpoint(), instance.variant(), instance.id(), instance.authority());
  }

  static void containerDrains(Instance instance, boolean draining) {
    LOG.infof(
        "instance says endpoint=%s variant=%s instance=%s draining=%s",
        instance.endpoint(), instance.variant(), instance.id(), draining);
  }

  static void drainChanged(Instance instance, Set<DrainReason> before, Set<DrainReason> after) {
    if (!before.equals(after)) {
      LOG.infof(
          "instance drain changed endpoint=%s variant=%s instance=%s from=%s to=%s",
          instance.endpoint(), instance.variant(), instance.id(), before, after);
    }
  }

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
    } else if (!before.bootId().isEmpty() && !before.bootId().equals(after.bootId())) {
      LOG.warnf(
          "instance restarted endpoint=%s variant=%s instance=%s from=\"%s\" to=\"%s\"",
          instance.endpoint(), instance.variant(), instance.id(), before.bootId(), after.bootId());
    }
  }
}
