package io.sessionrouter.container.generation;

/** What the model expects after the last token of every chunk of a step; valid until closed. */
public interface Logits extends AutoCloseable {
  /** The likeliest token of a row. */
  long argmax(int row);

  /** The logarithm of the probability of the likeliest token of a row. */
  double bestLogprob(int row);

  /** All the scores of a row. */
  float[] row(int row);

  @Override
  void close();
}
