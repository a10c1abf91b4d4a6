package io.sessionrouter.fleet;

/** What one active check of an instance found. */
sealed interface CheckResult {

  /**
   * It answered 200.
   *
   * @param bootId empty if it tells none
   */
  record Passed(String bootId) implements CheckResult {}

  /** It did not answer, or something else than 200; its state may still be there. */
  record Failed(String reason) implements CheckResult {}

  /** Nothing listens at its address. */
  record Refused() implements CheckResult {}
}
