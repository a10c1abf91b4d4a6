package io.sessionrouter.container.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.sessionrouter.container.generation.Chunk;
import io.sessionrouter.container.model.ModelShape;
import java.util.Arrays;
import java.util.List;

/**
 * {@code forward(ids[1, T], past) -> (logits[1, V], past with T more tokens)}: one sequence in a
 * call. The model answers with a new tensor of the whole past; only its new part is kept, in the
 * sequence's own cache.
 */
final class FunctionalForward implements Forward {
  private final Module module;
  private final ModelShape shape;

  FunctionalForward(Module module, ModelShape shape) {
    this.module = module;
    this.shape = shape;
  }

  @Override
  public TorchLogits step(List<Chunk> chunks) {
    NDManager step = module.manager().newSubManager();
    try {
      var rows = new NDList();
      chunks.forEach(chunk -> rows.add(one(step, chunk)));
      return new TorchLogits(step, rows.size() == 1 ? rows.getFirst() : NDArrays.concat(rows, 0));
    } catch (RuntimeException failed) {
      step.close();
      throw failed;
    }
  }

  private NDArray one(NDManager step, Chunk chunk) {
    var cache = (TorchCache) chunk.cache();
    int length = chunk.ids().length;
    try (NDArray past = cache.valid(chunk.past())) {
      NDArray ids = step.create(chunk.ids(), new Shape(1, length));
      NDList out = module.forward(new NDList(ids, past));
      try (NDArray grown = grown(out, chunk)) {
        int end = chunk.past() + length;
        try (NDArray part = grown.get(new NDIndex(":,:,:,{}:{}", chunk.past(), end))) {
          cache.write(chunk.past(), end, part);
        }
      }
      return out.get(0);
    }
  }

  private NDArray grown(NDList out, Chunk chunk) {
    int end = chunk.past() + chunk.ids().length;
    var expected = new Shape(shape.layers(), 2, shape.kvHeads(), end, shape.headDim());
    if (out.size() != 2 || !out.get(1).getShape().equals(expected)) {
      throw new IllegalStateException(
          "forward gave %s (expected: logits and keys and values of shape %s)"
              .formatted(Arrays.toString(out.getShapes()), expected));
    }
    return out.get(1);
  }
}
