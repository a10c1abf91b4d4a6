package io.sessionrouter.container.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

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
      throw new ManifestException("the model's folder has no file model.pt");
    }
    return folder;
  }

  /**
   * The bytes that the module's weights and code take when they are loaded. The module is a zip
   * archive of tensors as they lie in memory, so its directory shows it before anything is loaded.
   */
  public long weightBytes() {
    try (var zip = new ZipFile(module().toFile())) {
      return zip.stream().mapToLong(ZipEntry::getSize).sum();
    } catch (IOException notZip) {
      throw new ManifestException("model.pt is not TorchScript: " + notZip.getMessage());
    }
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
