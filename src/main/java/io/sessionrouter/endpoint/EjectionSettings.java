package io.sessionrouter.endpoint;

import java.time.Duration;

/**
 * When instances that break requests are put out although their checks pass.
 *
 * @param maxShare of a variant's instances, 0 to 1
 * @param shortest how long the first time
 * @param longest how long at most
 */
public record EjectionSettings(double maxShare, Duration shortest, Duration longest) {
  /** What nobody has to think about. */
  public static final EjectionSettings USUAL =
      new EjectionSettings(0.5, Duration.ofSeconds(5), Duration.ofMinutes(1));
}
