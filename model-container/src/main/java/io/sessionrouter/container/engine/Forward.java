package io.sessionrouter.container.engine;

import io.sessionrouter.container.generation.Chunk;
import java.util.List;

/** One way to call a model's {@code forward}. */
interface Forward {
  /** Computes the chunks; gives one row of scores for each. */
  TorchLogits step(List<Chunk> chunks);
}
