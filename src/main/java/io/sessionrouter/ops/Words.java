package io.sessionrouter.ops;

import io.sessionrouter.config.ConfigurationState;
import io.sessionrouter.config.ConfigurationState.Refusal;
import io.sessionrouter.fleet.DrainReason;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Words for people that events and the verdict share. */
final class Words {

  /** Why the configuration in force is not the newest; null if it is. */
  static @Nullable String outdated(ConfigurationState configuration) {
    Refusal refused = configuration.refused();
    String partly =
        configuration.notApplied().isEmpty()
            ? ""
            : "The configuration in force is applied only partly: "
                + first(configuration.notApplied());
    if (refused != null) {
      String whole = "The newest configuration is refused, the former stays: ";
      return whole + first(refused.problems()) + (partly.isEmpty() ? "" : ". " + partly);
    }
    if (!partly.isEmpty()) {
      return partly;
    }
    return configuration.restartNeeded().isEmpty()
        ? null
        : "A restart is needed for changes of " + String.join(", ", configuration.restartNeeded());
  }

  private static String first(List<String> problems) {
    int more = problems.size() - 1;
    return problems.getFirst() + (more > 0 ? " and " + more + " more" : "");
  }

  private Words() {}

  static String sessions(long number) {
    return number == 1 ? "1 session" : "%,d sessions".formatted(number);
  }

  /** A row of the failure table, or a cause, with spaces for its underscores. */
  static String label(String label) {
    return label.toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** With its cause in brackets, if it is known. */
  static String because(String what, @Nullable String cause) {
    return cause == null ? what : what + " (" + cause + ")";
  }

  static String reasons(Set<DrainReason> draining) {
    return draining.stream().sorted().map(Words::reason).collect(Collectors.joining(", "));
  }

  private static String reason(DrainReason reason) {
    return switch (reason) {
      case OPERATOR -> "an operator drains it";
      case CONTAINER -> "its container asks for it";
      case TERMINATING -> "Kubernetes terminates it";
      case NOT_READY -> "Kubernetes reports that it is not ready";
      case UNLISTED -> "DNS no longer lists it";
    };
  }
}
