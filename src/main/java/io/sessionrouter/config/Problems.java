package io.sessionrouter.config;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with the configuration: collected, so that users see all of it at once. */
public final class Problems {
  /** The longest that a user may configure. */
  public static final Duration MAX_DURATION = Duration.ofDays(365);

  private static final Duration LEAST_DURATION = Duration.ofMillis(1);

  private final List<String> lines = new ArrayList<>();

  /** Notes a value that is not as expected. */
  public void expect(boolean fine, String key, Object value, String expected) {
    if (!fine) {
      lines.add(key + ": " + value + " (expected: " + expected + ")");
    }
  }

  /** Notes what somebody else found. */
  public void add(String problem) {
    lines.add(problem);
  }

  /** The number, or 1 in place of one that is noted. */
  public int positive(String key, int value) {
    expect(value > 0, key, value, "more than 0");
    return Math.max(value, 1);
  }

  /** Time is kept in milliseconds, so less than one would be none. */
  public Duration positive(String key, Duration value) {
    String text = DurationText.of(value);
    expect(value.compareTo(LEAST_DURATION) >= 0, key, text, "more than 0");
    expect(value.compareTo(MAX_DURATION) <= 0, key, text, "at most 365 days");
    return value.compareTo(LEAST_DURATION) < 0 ? LEAST_DURATION : value;
  }

  /** Everything noted. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  /** Ends the start with everything noted; Quarkus prints the message without a stack trace. */
  public void throwIfAny() {
    if (!lines.isEmpty()) {
      throw asException();
    }
  }

  /** Everything noted, each on a line of its own. */
  public ConfigurationException asException() {
    return new ConfigurationException(
        "The configuration cannot be used:\n  " + String.join("\n  ", lines));
  }
}
