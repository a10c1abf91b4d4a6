package io.sessionrouter.fleet.discovery;

import java.time.Duration;

/** Patience for tests: what fails is tried again soon, what is slow is waited for. */
final class Paces {
  static final Pace QUICK =
      new Pace(
          Duration.ofMillis(5),
          Duration.ofMillis(50),
          Duration.ofSeconds(20),
          Duration.ofSeconds(30),
          Duration.ofSeconds(20),
          Duration.ofSeconds(10));

  /** One failure, and nothing more is tried in a test. */
  static final Pace NEVER_AGAIN =
      new Pace(
          Duration.ofHours(1),
          Duration.ofHours(1),
          QUICK.answer(),
          QUICK.watch(),
          QUICK.grace(),
          QUICK.lag());

  private Paces() {}

  static Pace impatientForAnswers() {
    return new Pace(
        QUICK.firstBackoff(),
        QUICK.longestBackoff(),
        Duration.ofMillis(300),
        QUICK.watch(),
        QUICK.grace(),
        QUICK.lag());
  }

  static Pace impatientForWatches() {
    return new Pace(
        QUICK.firstBackoff(),
        QUICK.longestBackoff(),
        QUICK.answer(),
        Duration.ofSeconds(1),
        Duration.ofMillis(100),
        QUICK.lag());
  }
}
