package io.sessionrouter.container.engine;

import ai.djl.Device;
import ai.djl.engine.Engine;
import io.sessionrouter.container.config.DeviceChoice;
import io.sessionrouter.container.config.SettingException;

/** Finds the device that a person asked for. */
final class Devices {
  private Devices() {}

  static Device choose(DeviceChoice choice) {
    boolean gpu = choice != DeviceChoice.CPU && Engine.getEngine("PyTorch").getGpuCount() > 0;
    if (choice == DeviceChoice.CUDA && !gpu) {
      throw new SettingException(
          "model.device", "cuda", "cpu or auto, because PyTorch sees no GPU here");
    }
    return gpu ? Device.gpu() : Device.cpu();
  }

  /** The device's name, for people. */
  static String name(Device device) {
    return device.isGpu() ? "cuda:" + device.getDeviceId() : "cpu";
  }
}
