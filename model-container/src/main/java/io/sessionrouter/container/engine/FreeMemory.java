package io.sessionrouter.container.engine;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import io.sessionrouter.container.config.SettingException;
import java.io.IOException;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** How much memory a device has to give: the machine's, within the limits of the cgroup. */
final class FreeMemory {
  private final Path meminfo;
  private final Path cgroup;

  FreeMemory(Path meminfo, Path cgroup) {
    this.meminfo = meminfo;
    this.cgroup = cgroup;
  }

  static long of(Device device) {
    return device.isGpu()
        ? ofGpu(device)
        : new FreeMemory(Path.of("/proc/meminfo"), Path.of("/sys/fs/cgroup")).ofHost();
  }

  private static long ofGpu(Device device) {
    try {
      MemoryUsage usage = CudaUtils.getGpuMemory(device);
      return usage.getMax() - usage.getUsed();
    } catch (RuntimeException unknown) {
      throw new SettingException(
          "model.session-memory",
          "unset",
          "a size, because the GPU's free memory cannot be read: " + unknown.getMessage());
    }
  }

  long ofHost() {
    return Stream.of(available(), withinLimit())
        .flatMapToLong(OptionalLong::stream)
        .min()
        .orElseThrow(
            () ->
                new SettingException(
                    "model.session-memory",
                    "unset",
                    "a size, because the free memory of this machine cannot be read"));
  }

  private OptionalLong available() {
    try (Stream<String> lines = Files.lines(meminfo)) {
      return lines
          .filter(line -> line.startsWith("MemAvailable:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst();
    } catch (IOException missing) {
      return OptionalLong.empty();
    }
  }

  private OptionalLong withinLimit() {
    OptionalLong limit = number(cgroup.resolve("memory.max"));
    OptionalLong used = number(cgroup.resolve("memory.current"));
    return limit.isPresent() && used.isPresent()
        ? OptionalLong.of(Math.max(0, limit.getAsLong() - used.getAsLong()))
        : OptionalLong.empty();
  }

  private static OptionalLong number(Path file) {
    try {
      String text = Files.readString(file).strip();
      return text.equals("max") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
    } catch (IOException missing) {
      return OptionalLong.empty();
    }
  }
}
