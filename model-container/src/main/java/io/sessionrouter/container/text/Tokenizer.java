package io.sessionrouter.container.text;

/**
 * Turns text into a model's token ids, and makes decoders for the way back. Safe for all threads.
 */
public interface Tokenizer extends AutoCloseable {
  /** The ids of a text; never an id with a meaning of its own, such as the end of a turn. */
  long[] encode(String text);

  /** A decoder for one reply. */
  TextDecoder newDecoder();

  @Override
  void close();
}
