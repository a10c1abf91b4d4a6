package io.sessionrouter.container.generation;

import io.sessionrouter.container.model.ModelShape;
import java.util.List;

/** A loaded language model. Only the engine thread may call it, except for {@link #shape}. */
public interface CausalModel extends AutoCloseable {
  /** Its sizes. */
  ModelShape shape();

  /** A new, empty cache with room for so many tokens. */
  KvCache allocate(int capacity);

  /** Computes some tokens of each of these sequences, writing their keys and values. */
  Logits step(List<Chunk> chunks);

  @Override
  void close();
}
