package io.sessionrouter.container.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.sessionrouter.container.generation.Logits;
import org.jspecify.annotations.Nullable;

/** The scores of one step on the device; only what is asked for is copied to the host. */
final class TorchLogits implements Logits {
  private final NDManager step;
  private final NDArray scores;
  private long @Nullable [] likeliest;
  private float @Nullable [] bestLogprobs;

  TorchLogits(NDManager step, NDArray scores) {
    this.step = step;
    this.scores = scores;
  }

  long rows() {
    return scores.getShape().get(0);
  }

  long columns() {
    return scores.getShape().get(1);
  }

  @Override
  public long argmax(int row) {
    if (likeliest == null) {
      try (NDArray best = scores.argMax(1)) {
        likeliest = best.toLongArray();
      }
    }
    return likeliest[row];
  }

  @Override
  public double bestLogprob(int row) {
    if (bestLogprobs == null) {
      // For all rows at once: a call of the engine takes longer than the arithmetic.
      try (NDArray plain = scores.toType(DataType.FLOAT32, true);
          NDArray logprobs = plain.logSoftmax(1);
          NDArray best = logprobs.max(new int[] {1})) {
        bestLogprobs = best.toFloatArray();
      }
    }
    return bestLogprobs[row];
  }

  @Override
  public float[] row(int row) {
    try (NDArray one = scores.get(row);
        NDArray plain = one.toType(DataType.FLOAT32, true)) {
      return plain.toFloatArray();
    }
  }

  @Override
  public void close() {
    step.close();
  }
}
