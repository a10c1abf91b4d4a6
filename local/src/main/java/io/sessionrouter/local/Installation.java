package io.sessionrouter.local;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the built parts lie.
 *
 * @param root the repository's top folder
 */
public record Installation(Path root) {

  /** The repository that the launcher was started for. */
  public static Installation current() {
    return new Installation(
        Path.of(System.getProperty("session-router.root", "")).toAbsolutePath().normalize());
  }

  public Path routerJar() {
    return built("target/quarkus-app/quarkus-run.jar");
  }

  public Path containerJar() {
    return built("model-container/target/quarkus-app/quarkus-run.jar");
  }

  public Path model() {
    return built("model-container/models/facts");
  }

  /** What is kept while a demo runs: logs, the Redis binary, the list of processes. */
  public Path state() {
    return root.resolve(".demo");
  }

  /** The JDK that runs the launcher runs the rest. */
  public String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private Path built(String name) {
    Path path = root.resolve(name);
    if (!Files.exists(path)) {
      throw new StartFailure("%s is missing. Run ./demo, which builds it.".formatted(path));
    }
    return path;
  }
}
