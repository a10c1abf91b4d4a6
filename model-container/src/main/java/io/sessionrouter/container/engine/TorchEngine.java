package io.sessionrouter.container.engine;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.sessionrouter.container.config.DeviceChoice;

/**
 * PyTorch itself, loaded and tried, before there is any model.
 *
 * @param device the device's name, for people
 * @param freeMemory the bytes it has left
 */
public record TorchEngine(String device, long freeMemory) {

  /** Loads PyTorch and computes something on its device, so that the first model need not wait. */
  public static TorchEngine start(DeviceChoice choice, int threads) {
    TorchRuntime.configure(threads);
    Device device = Devices.choose(choice);
    try (NDManager manager = NDManager.newBaseManager(device, "PyTorch");
        NDArray ones = manager.ones(new Shape(8, 8));
        NDArray product = ones.matMul(ones)) {
      product.toFloatArray();
    }
    return new TorchEngine(Devices.name(device), FreeMemory.of(device));
  }
}
