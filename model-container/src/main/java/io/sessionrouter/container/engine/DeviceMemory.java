package io.sessionrouter.container.engine;

import io.sessionrouter.container.generation.DeviceMemoryException;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Distinguishes an allocation that failed from other failures, which PyTorch does by its texts
 * only.
 */
final class DeviceMemory {
  private DeviceMemory() {}

  /**
   * @throws DeviceMemoryException if the action fails for want of memory on the device
   */
  static <T> T needed(Supplier<T> action) {
    try {
      return action.get();
    } catch (RuntimeException failed) {
      throw isExhausted(failed) ? new DeviceMemoryException(failed) : failed;
    }
  }

  static boolean isExhausted(Throwable failed) {
    String message = String.valueOf(failed.getMessage()).toLowerCase(Locale.ROOT);
    return message.contains("out of memory") || message.contains("can't allocate memory");
  }
}
