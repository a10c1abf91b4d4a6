package io.sessionrouter.local;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds the process that listens on a port, where the system gives it: on Linux, of one's own user.
 */
final class PortOwner {
  private static final Path PROC = Path.of("/proc");
  private static final String LISTEN = "0A";
  private static final int LOCAL_ADDRESS = 1;
  private static final int STATE = 3;
  private static final int INODE = 9;

  private PortOwner() {}

  static Optional<ProcessHandle> of(int port) {
    Set<String> sockets = listeners(port);
    return sockets.isEmpty()
        ? Optional.empty()
        : ProcessHandle.allProcesses().filter(process -> holds(process, sockets)).findFirst();
  }

  /** What the descriptors of the sockets that listen there point to. */
  private static Set<String> listeners(int port) {
    String ending = String.format(Locale.ROOT, ":%04X", port);
    Set<String> sockets = new HashSet<>();
    for (String table : List.of("net/tcp", "net/tcp6")) {
      try (Stream<String> lines = Files.lines(PROC.resolve(table))) {
        lines
            .map(line -> line.strip().split("\\s+"))
            .filter(columns -> columns.length > INODE && columns[STATE].equals(LISTEN))
            .filter(columns -> columns[LOCAL_ADDRESS].endsWith(ending))
            .forEach(columns -> sockets.add("socket:[" + columns[INODE] + "]"));
      } catch (IOException e) {
        // Another system, or one without this version of IP.
      }
    }
    return sockets;
  }

  private static boolean holds(ProcessHandle process, Set<String> sockets) {
    Path descriptors = PROC.resolve(String.valueOf(process.pid())).resolve("fd");
    try (DirectoryStream<Path> each = Files.newDirectoryStream(descriptors)) {
      for (Path descriptor : each) {
        if (sockets.contains(Files.readSymbolicLink(descriptor).toString())) {
          return true;
        }
      }
    } catch (IOException e) {
      return false; // it has ended meanwhile, or belongs to somebody else
    }
    return false;
  }

  /** Its program's name and number. */
  static String name(ProcessHandle process) {
    String program =
        process
            .info()
            .command()
            .map(Path::of)
            .map(Path::getFileName)
            .map(Path::toString)
            .orElse("a process");
    return "%s (process %d)".formatted(program, process.pid());
  }
}
