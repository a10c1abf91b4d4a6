package io.sessionrouter.container.generation;

import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Chooses the tokens of one reply.
 *
 * <p>Temperature first, then top-k, then top-p, as the common libraries do it. The generator is
 * {@link Random} because its numbers for a seed are part of its specification.
 */
final class Sampler {
  private static final double UNASKED = Double.NaN;

  private final Sampling sampling;
  private final Random random;
  private final BitSet seen = new BitSet();

  Sampler(Sampling sampling) {
    this(sampling, new long[0]);
  }

  /**
   * @param prompt what counts as seen for the penalty, besides the reply
   */
  Sampler(Sampling sampling, long[] prompt) {
    this.sampling = sampling;
    this.random = new Random(sampling.seed());
    if (sampling.penalizes()) {
      Arrays.stream(prompt).forEach(id -> seen.set((int) id));
    }
  }

  /** The next token; with its log-probability, if asked. */
  Choice choose(Logits logits, int row, boolean logprob) {
    if (sampling.greedy() && !sampling.penalizes()) {
      return new Choice(logits.argmax(row), logprob ? number(logits.bestLogprob(row)) : UNASKED);
    }
    float[] scores = logits.row(row);
    int id = choose(sampling.penalizes() ? penalized(scores) : scores);
    if (sampling.penalizes()) {
      seen.set(id);
    }
    return new Choice(id, logprob ? number(logprob(scores, id)) : UNASKED);
  }

  private int choose(float[] scores) {
    return sampling.greedy() ? candidates(scores, 1)[0] : draw(scores);
  }

  /** As the paper on CTRL has it: what was seen comes nearer to zero, or further below it. */
  private float[] penalized(float[] scores) {
    float[] changed = scores.clone();
    float penalty = (float) sampling.repetitionPenalty();
    seen.stream()
        .filter(id -> id < changed.length)
        .forEach(
            id -> changed[id] = changed[id] > 0 ? changed[id] / penalty : changed[id] * penalty);
    return changed;
  }

  private static double number(double logprob) {
    if (Double.isNaN(logprob)) {
      throw noNumbers();
    }
    return logprob;
  }

  private static FaultException noNumbers() {
    return Fault.MODEL_FAILED.because("the model gave scores that are not numbers");
  }

  /** By the scores alone: how tokens are drawn from them is not the model's opinion. */
  private static double logprob(float[] scores, int id) {
    double best = IntStream.range(0, scores.length).mapToDouble(i -> scores[i]).max().orElse(0);
    double sum =
        IntStream.range(0, scores.length).mapToDouble(i -> Math.exp(scores[i] - best)).sum();
    return scores[id] - best - Math.log(sum);
  }

  private int draw(float[] scores) {
    int limit = sampling.topK() == 0 ? scores.length : Math.min(sampling.topK(), scores.length);
    int[] candidates = candidates(scores, limit);
    double[] weights = weights(scores, candidates);
    int kept = nucleus(weights);
    double left = random.nextDouble() * IntStream.range(0, kept).mapToDouble(i -> weights[i]).sum();
    int chosen = 0;
    while (chosen < kept - 1 && (left -= weights[chosen]) >= 0) {
      chosen++;
    }
    return candidates[chosen];
  }

  /** The token ids by falling score; ties by id, so that a seed always draws the same. */
  private static int[] candidates(float[] scores, int limit) {
    long[] keys = new long[scores.length];
    for (int id = 0; id < keys.length; id++) {
      keys[id] = (long) rank(scores[id]) << 32 | id;
    }
    Arrays.sort(keys);
    return Arrays.stream(keys).limit(limit).mapToInt(key -> (int) key).toArray();
  }

  /** An integer that is the smaller the larger the score is. */
  private static int rank(float score) {
    if (Float.isNaN(score)) {
      throw noNumbers();
    }
    int bits = Float.floatToIntBits(score);
    return ~(bits < 0 ? bits ^ Integer.MAX_VALUE : bits);
  }

  private double[] weights(float[] scores, int[] candidates) {
    double best = scores[candidates[0]];
    double[] weights =
        IntStream.of(candidates)
            .mapToDouble(id -> Math.exp((scores[id] - best) / sampling.temperature()))
            .toArray();
    double sum = IntStream.range(0, weights.length).mapToDouble(i -> weights[i]).sum();
    return IntStream.range(0, weights.length).mapToDouble(i -> weights[i] / sum).toArray();
  }

  /** How many candidates it takes to reach top-p; at least one. */
  private int nucleus(double[] weights) {
    double sum = weights[0];
    int kept = 1;
    while (kept < weights.length && sum < sampling.topP()) {
      sum += weights[kept++];
    }
    return kept;
  }
}
