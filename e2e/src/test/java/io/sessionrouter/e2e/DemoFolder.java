package io.sessionrouter.e2e;

import io.sessionrouter.local.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A folder that looks like a fresh clone with everything built, so that a test's demo meets no
 * other one.
 */
record DemoFolder(Path root) implements AutoCloseable {

  static DemoFolder make() throws IOException {
    Path folder = Files.createTempDirectory("session-router-demo");
    Path repository = Installation.current().root();
    for (String name : List.of("pom.xml", "build", "src", "target", "local", "model-container")) {
      Files.createSymbolicLink(folder.resolve(name), repository.resolve(name));
    }
    for (String script : List.of("demo", "principals")) {
      Files.copy(repository.resolve(script), folder.resolve(script));
    }
    return new DemoFolder(folder);
  }

  /** Removes the folder, and of what it links to only the links. */
  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Runs {@code ./demo}. */
  Program demo(Object... arguments) {
    Stream<String> command =
        Stream.concat(Stream.of("bash", "./demo"), Stream.of(arguments).map(String::valueOf));
    return Program.start(root, Map.of(), command.toList());
  }

  /** Runs what a user copied, with the AWS CLI and boto3 at hand. */
  Program paste(String script) {
    Map<String, String> path = Map.of("PATH", Python.programs() + ":" + System.getenv("PATH"));
    return Program.start(root, path, List.of("bash", "-c", script));
  }
}
