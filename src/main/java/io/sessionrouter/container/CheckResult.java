package io.sessionrouter.container;

/** What one active check of an instance found. */
public sealed interface CheckResult {

  /**
   * It answered 200, or that it is draining.
   *
   * @param bootId empty if it reports none
   * @param name what the container calls itself; empty if it does not say
   * @param draining whether it says that it wants no new work
   */
  record Passed(String bootId, String name, boolean draining) implements CheckResult {

    /** Of a container that does not say its name. */
    public Passed(String bootId, boolean draining) {
      this(bootId, "", draining);
    }
  }

  /** It did not answer, or something else than 200; its state may still be there. */
  record Failed(String reason) implements CheckResult {}

  /** Nothing listens at its address. */
  record Refused() implements CheckResult {}
}
