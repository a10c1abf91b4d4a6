package io.sessionrouter.container.generation;

/**
 * Where the tokens of a reply go, each as soon as it exists.
 *
 * <p>All methods but {@link #onReady} are called by the engine thread, so they must not wait.
 */
@FunctionalInterface
public interface TokenSink {
  /** Takes the next token. */
  void accept(Token token);

  /** Whether tokens shall come with their log-probabilities, which cost something. */
  default boolean wantsLogprobs() {
    return false;
  }

  /** Whether it can take a token now; if not, the turn pauses and others go on. */
  default boolean ready() {
    return true;
  }

  /** Whether nobody wants the rest: the turn ends as if it had been cancelled. */
  default boolean closed() {
    return false;
  }

  /** Names what to run, on any thread, when {@link #ready} or {@link #closed} becomes true. */
  default void onReady(Runnable wake) {}

  /**
   * Asked when the turn ends before its time: takes back what nobody has seen yet. If that is not
   * all of it, the answer is false, and the turn stays in the context as far as it came.
   */
  default boolean withdraw() {
    return true;
  }
}
