package io.sessionrouter.local;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What distinguishes one process from all others, also after its number was given to another one.
 *
 * @param program path of its executable
 */
record ProcessMark(long pid, Instant started, String program, String name) {
  /** Systems give a process's start relative to a boot time that they round. */
  private static final Duration TOLERANCE = Duration.ofSeconds(2);

  static ProcessMark of(String name, ProcessHandle process) {
    ProcessHandle.Info info = process.info();
    return new ProcessMark(
        process.pid(), info.startInstant().orElse(Instant.EPOCH), info.command().orElse("?"), name);
  }

  String line() {
    return String.join("\t", String.valueOf(pid), started.toString(), program, name);
  }

  /** The mark in a line, or none in a line that is not one. */
  static Stream<ProcessMark> parse(String line) {
    String[] parts = line.split("\t", -1);
    try {
      return parts.length == 4
          ? Stream.of(
              new ProcessMark(
                  Long.parseLong(parts[0]), Instant.parse(parts[1]), parts[2], parts[3]))
          : Stream.of();
    } catch (RuntimeException e) {
      return Stream.of(); // a damaged list names nothing that we may end
    }
  }

  /** Whether that very process still runs. */
  boolean runs() {
    return process().isPresent();
  }

  /** That very process, if it still runs. */
  Optional<ProcessHandle> process() {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(this::isSame);
  }

  private boolean isSame(ProcessHandle other) {
    ProcessMark now = of(name, other);
    return now.program.equals(program)
        && Duration.between(started, now.started).abs().compareTo(TOLERANCE) <= 0;
  }
}
