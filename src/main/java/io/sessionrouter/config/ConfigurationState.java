package io.sessionrouter.config;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which configuration is in force, and what became of the newest one.
 *
 * @param since when it came into force
 * @param files that are watched
 * @param values of it, as they were written, by key; without secrets
 * @param refused why the newest one is not in force; null if it is
 * @param notApplied what of it is not in force though all else is, as a part of the router failed
 * @param restartNeeded keys whose new values come into force when the router starts anew
 */
public record ConfigurationState(
    Instant since,
    List<String> files,
    Map<String, String> values,
    @Nullable Refusal refused,
    List<String> notApplied,
    List<String> restartNeeded) {

  /** Whether the newest configuration is in force as a whole, but for what needs a restart. */
  public boolean current() {
    return refused == null && notApplied.isEmpty();
  }

  /**
   * A configuration that cannot be used.
   *
   * @param at when it was read
   * @param problems that it has, each with what was expected
   */
  public record Refusal(Instant at, List<String> problems) {}
}
