package io.sessionrouter.container.artifact;

import io.sessionrouter.container.fault.Fault;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Unpacks {@code .tar.gz} archives: plain files and folders only, within limits. */
public final class Unpacker {
  private static final int BUFFER = 1 << 16;

  /** What may lie between two files: the headers, long names and the fill to a whole record. */
  private static final long BETWEEN_FILES = 1 << 20;

  private final UnpackLimits limits;

  /** An unpacker with these limits. */
  public Unpacker(UnpackLimits limits) {
    this.limits = limits;
  }

  /** Unpacks an archive into a folder, which it makes. */
  public void unpack(Path archive, Path folder) throws InterruptedException {
    try (InputStream file = new BufferedInputStream(open(archive), BUFFER);
        var metered = new MeteredInput(gunzip(file))) {
      makeFolder(folder);
      new Run(metered, folder).all();
    } catch (IOException broken) {
      throw Fault.BAD_ARTIFACT.because(
          "the artifact is not a whole .tar.gz archive: %s", words(broken));
    }
  }

  private static InputStream open(Path archive) {
    try {
      return Files.newInputStream(archive);
    } catch (IOException disk) {
      throw new UncheckedIOException(disk);
    }
  }

  private static void makeFolder(Path path) {
    try {
      Files.createDirectories(path);
    } catch (IOException disk) {
      throw new UncheckedIOException(disk);
    }
  }

  private static InputStream gunzip(InputStream file) throws IOException {
    return new GZIPInputStream(file, BUFFER);
  }

  private static String words(IOException broken) {
    String message = broken.getMessage();
    return message == null ? broken.getClass().getSimpleName() : message;
  }

  /** One archive being unpacked. */
  private final class Run {
    private final MeteredInput metered;
    private final TarArchiveInputStream tar;
    private final Path folder;
    private final EntryNames names = new EntryNames();
    private final byte[] buffer = new byte[BUFFER];
    private int entries;
    private long bytes;

    Run(MeteredInput metered, Path folder) {
      this.metered = metered;
      this.tar = new TarArchiveInputStream(metered, "UTF-8");
      this.folder = folder;
    }

    void all() throws IOException, InterruptedException {
      for (TarArchiveEntry entry = next(); entry != null; entry = next()) {
        one(entry);
      }
      if (entries == 0) {
        throw Fault.BAD_ARTIFACT.because("the artifact is an empty archive");
      }
      readToTheEnd();
    }

    private TarArchiveEntry next() throws IOException, InterruptedException {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      metered.allow(BETWEEN_FILES);
      try {
        return tar.getNextEntry();
      } catch (IllegalArgumentException unreadable) {
        throw new IOException("a header cannot be read", unreadable);
      }
    }

    private void one(TarArchiveEntry entry) throws IOException {
      if (++entries > limits.entries()) {
        throw Fault.ARTIFACT_TOO_LARGE.because(
            "the artifact has more than %d files and folders (model.multi.max-entries)",
            limits.entries());
      }
      checkKind(entry);
      String name = names.accept(entry.getName(), entry.isDirectory());
      if (entry.isDirectory()) {
        makeFolder(place(name));
      } else {
        write(entry, place(name));
      }
    }

    private void checkKind(TarArchiveEntry entry) {
      boolean plain =
          switch (entry.getLinkFlag()) {
            case TarConstants.LF_NORMAL, TarConstants.LF_OLDNORM, TarConstants.LF_DIR -> true;
            default -> false;
          };
      if (!plain || entry.isSparse()) {
        throw Fault.BAD_ARTIFACT.because(
            "the archive has a link, a device or another special file (expected: plain files and"
                + " folders)");
      }
    }

    /** Where it goes; not every name can be written on every machine. */
    private Path place(String name) {
      try {
        return folder.resolve(name);
      } catch (InvalidPathException invalid) {
        throw Fault.BAD_ARTIFACT.because("the archive has a name that this machine cannot write");
      }
    }

    private void write(TarArchiveEntry entry, Path file) throws IOException {
      bytes += entry.getSize();
      if (entry.getSize() < 0 || bytes < 0 || bytes > limits.bytes()) {
        throw Fault.ARTIFACT_TOO_LARGE.because(
            "the artifact has more than %d bytes unpacked (model.multi.max-unpacked)",
            limits.bytes());
      }
      makeFolder(Objects.requireNonNull(file.getParent(), "it lies below the folder"));
      metered.allow(entry.getSize());
      try (OutputStream out = create(file)) {
        for (int read = tar.read(buffer); read >= 0; read = tar.read(buffer)) {
          put(out, read);
        }
      }
    }

    private OutputStream create(Path file) {
      try {
        return Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      } catch (IOException disk) {
        throw new UncheckedIOException(disk);
      }
    }

    private void put(OutputStream out, int length) {
      try {
        out.write(buffer, 0, length);
      } catch (IOException disk) {
        throw new UncheckedIOException(disk);
      }
    }

    /** The checksum of the whole is at its end, so a reader that stops early never sees it. */
    private void readToTheEnd() throws IOException {
      metered.allow(BETWEEN_FILES);
      int read = 0;
      while (read >= 0) {
        read = metered.read(buffer, 0, buffer.length);
      }
    }
  }
}
