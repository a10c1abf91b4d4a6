package io.sessionrouter.container.host;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the model lies that comes with the container. */
final class BundledModel {
  private static final Path NAME = Path.of("models", "facts");

  private BundledModel() {}

  /** Beside the runnable jar; else in the working directory, as in the source tree. */
  static Path path() {
    Path jar = Path.of(System.getProperty("java.class.path", "")).toAbsolutePath();
    Path beside = jar.resolveSibling(NAME);
    return Files.isDirectory(beside) ? beside : NAME;
  }
}
