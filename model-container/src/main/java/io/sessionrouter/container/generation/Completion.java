package io.sessionrouter.container.generation;

/**
 * How a turn ended.
 *
 * @param promptTokens all tokens of the context before the reply
 * @param cachedTokens those of them that were not computed again
 * @param generatedTokens the tokens of the reply
 * @param finishReason why the reply ended
 */
public record Completion(
    int promptTokens, int cachedTokens, int generatedTokens, FinishReason finishReason) {

  /** Nothing was asked, nothing was answered. */
  public static final Completion NOTHING = new Completion(0, 0, 0, FinishReason.STOP);

  /** Why a reply ended. */
  public enum FinishReason {
    /** The model ended it. */
    STOP,
    /** A stop text was in it. */
    STOP_TEXT,
    /** It was as long as it may be, or the context was full. */
    LENGTH
  }
}
