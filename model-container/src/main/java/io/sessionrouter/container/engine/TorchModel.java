package io.sessionrouter.container.engine;

import ai.djl.Device;
import io.sessionrouter.container.config.DeviceChoice;
import io.sessionrouter.container.generation.CausalModel;
import io.sessionrouter.container.generation.Chunk;
import io.sessionrouter.container.generation.DeviceMemoryException;
import io.sessionrouter.container.model.ManifestException;
import io.sessionrouter.container.model.ModelFolder;
import io.sessionrouter.container.model.ModelShape;
import java.util.List;

/** A TorchScript language model, run by DJL's PyTorch engine. */
public final class TorchModel implements CausalModel {
  private final Module module;
  private final Device device;
  private final ModelShape shape;
  private final Forward forward;

  private TorchModel(Module module, Device device, ModelFolder folder) {
    this.module = module;
    this.device = device;
    this.shape = folder.manifest().shape();
    this.forward =
        switch (folder.manifest().signature()) {
          case RAGGED_KV -> new RaggedForward(module);
          case FUNCTIONAL_KV -> new FunctionalForward(module, shape);
        };
  }

  /** Loads a model and tries whether it is called as its manifest says. */
  public static TorchModel load(ModelFolder folder, DeviceChoice choice, int threads) {
    TorchRuntime.configure(threads);
    Device device = Devices.choose(choice);
    var model = new TorchModel(Module.load(folder, device), device, folder);
    try {
      model.tryOut(folder);
      return model;
    } catch (RuntimeException wrong) {
      model.close();
      throw wrong;
    }
  }

  private void tryOut(ModelFolder folder) {
    try (TorchCache cache = allocate(2);
        TorchLogits logits = step(List.of(new Chunk(cache, 0, new long[] {0, 0})))) {
      cache.requireWritten();
      if (logits.rows() != 1 || logits.columns() != shape.vocabSize()) {
        throw new IllegalStateException(
            "logits are %d x %d (expected: 1 x vocab_size, 1 x %d)"
                .formatted(logits.rows(), logits.columns(), shape.vocabSize()));
      }
    } catch (DeviceMemoryException noRoom) {
      throw noRoom;
    } catch (RuntimeException wrong) {
      throw new ManifestException(
          "model.pt is not what model.json says (%s): %s"
              .formatted(folder.manifest().signature().label(), Module.reason(wrong)));
    }
  }

  @Override
  public ModelShape shape() {
    return shape;
  }

  /** The device's name, for people. */
  public String device() {
    return Devices.name(device);
  }

  /** The bytes the device has left. */
  public long freeMemory() {
    return FreeMemory.of(device);
  }

  @Override
  public TorchCache allocate(int capacity) {
    return DeviceMemory.needed(() -> new TorchCache(module.manager(), shape, capacity));
  }

  @Override
  public TorchLogits step(List<Chunk> chunks) {
    return DeviceMemory.needed(() -> forward.step(chunks));
  }

  /** How many tensors are alive, the model's own included. */
  int liveTensors() {
    return module.manager().getManagedArrays().size();
  }

  @Override
  public void close() {
    module.close();
  }
}
