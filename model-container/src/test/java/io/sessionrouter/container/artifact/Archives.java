package io.sessionrouter.container.artifact;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Makes {@code .tar.gz} archives, good and bad ones. */
public final class Archives {
  private Archives() {}

  /** What can go wrong while an archive is made. */
  public interface Filling {
    void fill(TarArchiveOutputStream tar) throws IOException;
  }

  /** The files of a folder, each below this prefix. */
  public static byte[] of(Path folder, String prefix) {
    return tarGz(
        tar -> {
          try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
              put(tar, prefix + file.getFileName(), Files.readAllBytes(file));
            }
          }
        });
  }

  /** A file with the content of an archive. */
  public static Path write(Path file, byte[] content) {
    try {
      return Files.write(file, content);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  public static byte[] tarGz(Filling filling) {
    var bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes);
        var tar = new TarArchiveOutputStream(gzip, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      filling.fill(tar);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return bytes.toByteArray();
  }

  static byte[] withNames(String... names) {
    return tarGz(
        tar -> {
          for (String name : List.of(names)) {
            put(tar, name, "content".getBytes(StandardCharsets.UTF_8));
          }
        });
  }

  static void put(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
    // Leading slashes are kept, or a bad archive could not be made.
    var entry = new TarArchiveEntry(name, true);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  static byte[] withSpecial(byte kind, Consumer<TarArchiveEntry> more) {
    return tarGz(
        tar -> {
          var entry = new TarArchiveEntry("special", kind);
          more.accept(entry);
          tar.putArchiveEntry(entry);
          tar.closeArchiveEntry();
        });
  }
}
