package io.sessionrouter.config;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with the configuration: collected, so that users see all of it at once. */
final class Problems {
  private final List<String> lines = new ArrayList<>();

  /** Notes a value that is not as expected. */
  void expect(boolean fine, String key, Object value, String expected) {
    if (!fine) {
      lines.add(key + ": " + value + " (expected: " + expected + ")");
    }
  }

  /** Ends the start with everything noted; Quarkus prints the message without a stack trace. */
  void throwIfAny() {
    if (!lines.isEmpty()) {
      throw new ConfigurationException(
          "The configuration cannot be used:\n  " + String.join("\n  ", lines));
    }
  }
}
