package io.sessionrouter.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory a process takes, as the operating system counts it. */
final class ProcessMemory {
  private ProcessMemory() {}

  /** Bytes: the most it ever had resident where the system tells that, else what it has now. */
  static long peak(long pid) throws IOException {
    Path status = Path.of("/proc", String.valueOf(pid), "status");
    return Files.exists(status) ? highWaterMark(status) : resident(pid);
  }

  private static long highWaterMark(Path status) throws IOException {
    try (var lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(ProcessMemory::kilobytes)
          .sum();
    }
  }

  private static long resident(long pid) throws IOException {
    Process ps = new ProcessBuilder("ps", "-o", "rss=", "-p", String.valueOf(pid)).start();
    return kilobytes(new String(ps.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
  }

  private static long kilobytes(String text) {
    return Long.parseLong(text.replaceAll("\\D", "")) * 1024;
  }
}
