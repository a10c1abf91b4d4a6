package io.sessionrouter.container.session;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that goes only when a test says so. */
public final class TestClock implements InstantSource {
  private volatile Instant now = Instant.parse("2026-01-01T00:00:00.900Z");

  @Override
  public Instant instant() {
    return now;
  }

  public void advance(Duration time) {
    now = now.plus(time);
  }
}
