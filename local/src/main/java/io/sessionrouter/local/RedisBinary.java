package io.sessionrouter.local;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The Redis server to start: the one that is installed here, which its maintainers keep up to date;
 * where there is none, the one that the {@code embedded-redis} artifact carries for this platform,
 * so that nothing has to be installed.
 */
final class RedisBinary {
  private static final Map<String, String> RESOURCES =
      Map.of(
          "linux/amd64", "redis-server-6.2.6-v5-linux-amd64",
          "linux/aarch64", "redis-server-6.2.7-linux-arm64",
          "mac os x/x86_64", "redis-server-6.2.6-v5-darwin-amd64",
          "mac os x/aarch64", "redis-server-6.2.6-v5-darwin-arm64");

  private static final List<String> INSTALLED = List.of("valkey-server", "redis-server");

  private RedisBinary() {}

  /**
   * Finds an installed server, or unpacks the bundled one.
   *
   * @param path folders to look in, as {@code PATH} has them
   * @param folder to unpack to
   * @return the program, ready to run
   */
  static Path find(@Nullable String path, Path folder) {
    for (String name : INSTALLED) {
      for (String place : path == null ? new String[0] : path.split(File.pathSeparator)) {
        Path program = Path.of(place, name);
        if (!place.isEmpty() && Files.isRegularFile(program) && Files.isExecutable(program)) {
          return program;
        }
      }
    }
    return unpackInto(folder);
  }

  /**
   * Unpacks the server unless it is there already.
   *
   * @return the program, ready to run
   */
  static Path unpackInto(Path folder) {
    String resource = resource(System.getProperty("os.name"), System.getProperty("os.arch"));
    Path program = folder.resolve(resource);
    if (!Files.isExecutable(program)) {
      unpack(resource, program);
    }
    return program;
  }

  static String resource(String os, String architecture) {
    String platform = os.toLowerCase(Locale.ROOT) + "/" + architecture.toLowerCase(Locale.ROOT);
    String resource = RESOURCES.get(platform);
    if (resource == null) {
      throw new StartFailure(
          "There is no bundled Redis for %s. Start one yourself and name it with --redis URL."
              .formatted(platform));
    }
    return resource;
  }

  /** Under another name first: a start that is cut short must not leave half a program. */
  private static void unpack(String resource, Path program) {
    try (InputStream in = RedisBinary.class.getResourceAsStream("/" + resource)) {
      if (in == null) {
        throw new IOException(resource + " is not on the class path");
      }
      Files.createDirectories(program.getParent());
      Path half = Files.createTempFile(program.getParent(), resource, ".part");
      Files.copy(in, half, StandardCopyOption.REPLACE_EXISTING);
      Files.setPosixFilePermissions(half, PosixFilePermissions.fromString("rwx------"));
      Files.move(half, program, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new StartFailure("Cannot unpack Redis to %s: %s".formatted(program, e.getMessage()));
    }
  }
}
