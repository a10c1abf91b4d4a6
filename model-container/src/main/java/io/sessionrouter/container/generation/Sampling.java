package io.sessionrouter.container.generation;

/**
 * How the next token is chosen.
 *
 * @param temperature 0 for the likeliest token; else how far to stray from it
 * @param topK draw among so many of the likeliest tokens; 0 for all
 * @param topP draw among the likeliest tokens that together have this probability
 * @param seed the same seed draws the same tokens
 */
public record Sampling(double temperature, int topK, double topP, long seed) {
  /** Always the likeliest token. */
  public static final Sampling GREEDY = new Sampling(0, 0, 1, 0);

  /** Whether nothing is drawn. */
  public boolean greedy() {
    return temperature == 0;
  }
}
