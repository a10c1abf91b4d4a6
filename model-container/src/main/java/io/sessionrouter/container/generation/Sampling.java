package io.sessionrouter.container.generation;

/**
 * How the next token is chosen.
 *
 * @param temperature 0 for the likeliest token; else how far to stray from it
 * @param topK draw among so many of the likeliest tokens; 0 for all
 * @param topP draw among the likeliest tokens that together have this probability
 * @param seed the same seed draws the same tokens
 * @param repetitionPenalty above 1 the less likely a token is the second time, 1 for no difference
 */
public record Sampling(
    double temperature, int topK, double topP, long seed, double repetitionPenalty) {
  /** Always the likeliest token. */
  public static final Sampling GREEDY = new Sampling(0, 0, 1, 0);

  /** Without a penalty. */
  public Sampling(double temperature, int topK, double topP, long seed) {
    this(temperature, topK, topP, seed, 1);
  }

  /** Whether tokens that were there before are less likely, or more. */
  boolean penalizes() {
    return repetitionPenalty != 1;
  }

  /** Whether nothing is drawn. */
  public boolean greedy() {
    return temperature == 0;
  }
}
