package io.sessionrouter.container.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.sessionrouter.container.generation.KvCache;
import io.sessionrouter.container.model.ModelShape;

/** A KV cache as one tensor on the device, with a manager of its own that frees it. */
final class TorchCache implements KvCache {
  /** DJL hands arrays of this name to the module as one {@code List[Tensor]}. */
  private static final String LIST_ITEM = "kv[]";

  private final NDManager manager;
  private final ModelShape shape;
  private NDArray tensor;
  private int capacity;

  TorchCache(NDManager parent, ModelShape shape, int capacity) {
    this.manager = parent.newSubManager();
    this.shape = shape;
    this.capacity = capacity;
    this.tensor = zeros(capacity);
  }

  private NDArray zeros(int tokens) {
    // Zeros, not just any memory: a model may read behind the valid part and mask it, and
    // nobody may ever see what another session left.
    NDArray zeros =
        manager.zeros(
            new Shape(shape.layers(), 2, shape.kvHeads(), tokens, shape.headDim()), type(shape));
    zeros.setName(LIST_ITEM);
    return zeros;
  }

  static DataType type(ModelShape shape) {
    return switch (shape.elementType()) {
      case FLOAT32 -> DataType.FLOAT32;
      case FLOAT16 -> DataType.FLOAT16;
    };
  }

  NDArray tensor() {
    return tensor;
  }

  /** The valid part, as a view that the caller closes. */
  NDArray valid(int tokens) {
    return tensor.get(new NDIndex(":,:,:,:{}", tokens));
  }

  /** Writes the keys and values of some tokens. */
  void write(int from, int to, NDArray part) {
    tensor.set(new NDIndex(":,:,:,{}:{}", from, to), part);
  }

  /** Fails if a layer is still empty: then the manifest has more layers than the model. */
  void requireWritten() {
    for (int layer = 0; layer < shape.layers(); layer++) {
      try (NDArray one = tensor.get(layer);
          NDArray nonzero = one.countNonzero()) {
        if (nonzero.getLong() == 0) {
          throw new IllegalStateException(
              "layer %d of the cache stays empty (expected: layers as in the model)"
                  .formatted(layer));
        }
      }
    }
  }

  @Override
  public int capacity() {
    return capacity;
  }

  @Override
  public void grow(int newCapacity) {
    NDArray larger = DeviceMemory.needed(() -> zeros(newCapacity));
    larger.set(new NDIndex(":,:,:,:{}", capacity), tensor);
    tensor.close();
    tensor = larger;
    capacity = newCapacity;
  }

  @Override
  public void close() {
    manager.close();
  }
}
