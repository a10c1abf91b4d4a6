package io.sessionrouter.container.engine;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.training.ParameterStore;
import io.sessionrouter.container.generation.DeviceMemoryException;
import io.sessionrouter.container.model.ManifestException;
import io.sessionrouter.container.model.ModelFolder;
import java.io.IOException;
import java.util.Map;

/** A loaded TorchScript module on its device. */
final class Module implements AutoCloseable {
  private final Model model;
  private final ParameterStore parameters;

  private Module(Model model) {
    this.model = model;
    this.parameters = new ParameterStore(model.getNDManager(), false);
  }

  static Module load(ModelFolder folder, Device device) {
    Model model = Model.newInstance(folder.name(), device, "PyTorch");
    try {
      model.load(folder.module(), null, Map.of("mapLocation", "true"));
      return new Module(model);
    } catch (IOException | MalformedModelException | RuntimeException unusable) {
      model.close();
      if (DeviceMemory.isExhausted(unusable)) {
        throw new DeviceMemoryException(unusable);
      }
      throw new ManifestException("model.pt cannot be loaded as TorchScript: " + reason(unusable));
    }
  }

  /** The line that says what is wrong: PyTorch puts the interpreter's stack before it. */
  static String reason(Throwable failure) {
    return String.valueOf(failure.getMessage())
        .lines()
        .filter(line -> !line.isBlank())
        .reduce((before, last) -> last)
        .orElse("unknown");
  }

  NDManager manager() {
    return model.getNDManager();
  }

  /** Calls {@code forward}; what it returns belongs to the manager of the first input. */
  NDList forward(NDList inputs) {
    return model.getBlock().forward(parameters, inputs, false);
  }

  @Override
  public void close() {
    model.close();
  }
}
