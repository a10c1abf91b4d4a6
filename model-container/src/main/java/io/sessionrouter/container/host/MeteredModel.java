package io.sessionrouter.container.host;

import io.sessionrouter.container.generation.CausalModel;
import io.sessionrouter.container.generation.Chunk;
import io.sessionrouter.container.generation.KvCache;
import io.sessionrouter.container.generation.Logits;
import io.sessionrouter.container.model.ModelShape;
import io.sessionrouter.container.telemetry.StepMeters;
import java.util.List;

/** A model whose steps are counted. */
record MeteredModel(CausalModel model, StepMeters meters) implements CausalModel {

  @Override
  public ModelShape shape() {
    return model.shape();
  }

  @Override
  public KvCache allocate(int capacity) {
    return model.allocate(capacity);
  }

  /** One token that follows others is most likely of a reply; a prompt's last one may look so. */
  @Override
  public Logits step(List<Chunk> chunks) {
    long begin = System.nanoTime();
    Logits logits = model.step(chunks);
    int prefill = 0;
    int decode = 0;
    for (Chunk chunk : chunks) {
      if (chunk.ids().length == 1 && chunk.past() > 0) {
        decode++;
      } else {
        prefill += chunk.ids().length;
      }
    }
    meters.computed(chunks.size(), prefill, decode, System.nanoTime() - begin);
    return logits;
  }

  @Override
  public void close() {
    model.close();
  }
}
