package io.sessionrouter.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * The right to run the demo of one repository: held by one launcher at a time, and released by the
 * operating system even if that one is killed.
 *
 * <p>Beside it lies the list of processes, so that the next launcher can find what was left behind.
 */
final class RunLock implements AutoCloseable {
  private final FileChannel lock;
  private final Path list;

  private RunLock(FileChannel lock, Path list) {
    this.lock = lock;
    this.list = list;
  }

  /**
   * @throws StartFailure if a demo is running
   */
  static RunLock take(Path state) {
    Path list = state.resolve("processes");
    try {
      Files.createDirectories(state);
      return new RunLock(lock(state.resolve("lock"), list), list);
    } catch (IOException e) {
      throw new StartFailure("Cannot use the folder %s: %s".formatted(state, e.getMessage()));
    }
  }

  private static FileChannel lock(Path file, Path list) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!taken(channel)) {
      channel.close();
      throw new StartFailure(alreadyRunning(read(list)));
    }
    return channel;
  }

  private static boolean taken(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // held by this very process
    }
  }

  private static String alreadyRunning(List<ProcessMark> running) {
    String pid = running.isEmpty() ? "PROCESS" : String.valueOf(running.getFirst().pid());
    return "The demo is already running. Stop it with Ctrl-C where it runs, or with: kill " + pid;
  }

  /** The processes of an earlier demo that still run although their launcher does not. */
  List<ProcessMark> leftovers() {
    return read(list).stream().filter(ProcessMark::runs).toList();
  }

  /** Writes down this launcher and its processes. */
  void record(List<Child> children) {
    Stream<ProcessMark> marks =
        Stream.concat(
            Stream.of(ProcessMark.of("launcher", ProcessHandle.current())),
            children.stream().map(child -> ProcessMark.of(child.name(), child.handle())));
    try {
      Path half = list.resolveSibling("processes.part");
      Files.write(half, marks.map(ProcessMark::line).toList());
      Files.move(half, list, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<ProcessMark> read(Path list) {
    try {
      return Files.readAllLines(list).stream().flatMap(ProcessMark::parse).toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(list);
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
