package io.sessionrouter.container.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.sessionrouter.container.generation.Chunk;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * {@code forward(ids[N], lens[B], past[B], kv: List[Tensor]) -> logits[B, V]}: sequences of any
 * length in one call, keys and values written in place.
 */
final class RaggedForward implements Forward {
  private final Module module;

  RaggedForward(Module module) {
    this.module = module;
  }

  @Override
  public TorchLogits step(List<Chunk> chunks) {
    NDManager step = module.manager().newSubManager();
    try (NDManager host = module.manager().newSubManager(Device.cpu())) {
      NDArray ids = step.create(ids(chunks));
      // The module reads these two as numbers, so they stay on the CPU.
      NDArray lens = host.create(column(chunks, chunk -> chunk.ids().length));
      NDArray past = host.create(column(chunks, Chunk::past));
      var inputs = new NDList(ids, lens, past);
      chunks.forEach(chunk -> inputs.add(((TorchCache) chunk.cache()).tensor()));
      return new TorchLogits(step, module.forward(inputs).getFirst());
    } catch (RuntimeException failed) {
      step.close();
      throw failed;
    }
  }

  private static long[] ids(List<Chunk> chunks) {
    return chunks.stream().map(Chunk::ids).flatMapToLong(Arrays::stream).toArray();
  }

  private static long[] column(List<Chunk> chunks, ToLongFunction<Chunk> value) {
    return chunks.stream().mapToLong(value).toArray();
  }
}
