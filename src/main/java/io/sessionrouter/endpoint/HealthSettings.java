package io.sessionrouter.endpoint;

import java.time.Duration;

/** Active health checks, and what follows from broken requests. */
public record HealthSettings(
    String path, Duration interval, Duration timeout, EjectionSettings ejection) {

  /** With the usual ejection. */
  public HealthSettings(String path, Duration interval, Duration timeout) {
    this(path, interval, timeout, EjectionSettings.USUAL);
  }
}
