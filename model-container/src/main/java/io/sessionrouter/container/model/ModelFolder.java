package io.sessionrouter.container.model;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder with everything one model needs.
 *
 * @param path where it lies
 * @param manifest what its {@code model.json} says
 */
public record ModelFolder(Path path, Manifest manifest) {

  /** Reads and checks a folder; nothing of the model itself is loaded. */
  public static ModelFolder open(Path path) {
    if (!Files.isDirectory(path)) {
      throw new ManifestException(
          "model.path: %s (expected: a folder with model.json, model.pt and a tokenizer)"
              .formatted(path));
    }
    var folder = new ModelFolder(path, new ManifestReader(path).read());
    if (!Files.isRegularFile(folder.module())) {
      throw new ManifestException("%s has no file model.pt".formatted(path));
    }
    return folder;
  }

  /** The TorchScript module. */
  public Path module() {
    return path.resolve("model.pt");
  }

  /** The folder's name, which names the model in logs. */
  public String name() {
    return String.valueOf(path.toAbsolutePath().normalize().getFileName());
  }
}
