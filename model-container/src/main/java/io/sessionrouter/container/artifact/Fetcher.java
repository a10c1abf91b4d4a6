package io.sessionrouter.container.artifact;

import io.sessionrouter.container.artifact.ArtifactSource.Opened;
import io.sessionrouter.container.config.S3Config;
import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;

/** Brings artifacts to the disk, within a size and a time. */
public final class Fetcher implements AutoCloseable {
  private static final int BUFFER = 1 << 16;

  private final WebSource web = new WebSource();
  private final S3Source s3;
  private final long mostBytes;
  private final Duration timeout;

  /** A fetcher with these limits. */
  public Fetcher(S3Config config, long mostBytes, Duration timeout) {
    this.s3 = new S3Source(config);
    this.mostBytes = mostBytes;
    this.timeout = timeout;
  }

  /**
   * Fetches an artifact into this file. What lies on this machine is not copied: then the answer is
   * where it lies.
   *
   * @param onSize notified how large it is before it is fetched, if that is known; may refuse
   */
  public Path fetch(ArtifactUrl url, Path file, LongConsumer onSize) throws InterruptedException {
    return switch (url) {
      case ArtifactUrl.Local local -> local(local, onSize);
      case ArtifactUrl.Web at -> download(at, () -> web.open(at), file, onSize);
      case ArtifactUrl.S3 at -> download(at, () -> s3.open(at), file, onSize);
    };
  }

  private Path local(ArtifactUrl.Local url, LongConsumer onSize) {
    try {
      if (Files.isRegularFile(url.path())) {
        checkSize(url, Files.size(url.path()), onSize);
        return url.path();
      }
    } catch (IOException unreadable) {
      throw Fault.ARTIFACT_UNREACHABLE.because("%s cannot be read", url);
    }
    if (!Files.isDirectory(url.path())) {
      throw Fault.ARTIFACT_NOT_FOUND.because("there is nothing at %s", url);
    }
    return url.path();
  }

  /** Opens an artifact wherever it lies. */
  private interface Opening {
    Opened open() throws IOException, InterruptedException;
  }

  private Path download(ArtifactUrl url, Opening opening, Path file, LongConsumer onSize)
      throws InterruptedException {
    try {
      return TimeLimit.within(timeout, () -> copy(url, opening, file, onSize));
    } catch (TimeoutException late) {
      throw Fault.ARTIFACT_TIMEOUT.because("%s was not here within %s", url, timeout);
    } catch (ExecutionException failed) {
      throw translated(url, failed.getCause());
    }
  }

  private static RuntimeException translated(ArtifactUrl url, @Nullable Throwable failure) {
    return switch (failure) {
      case FaultException fault -> fault;
      case IOException broken -> Fault.ARTIFACT_UNREACHABLE.because("%s %s", url, words(broken));
      case SdkException broken ->
          Fault.ARTIFACT_UNREACHABLE.because("%s cannot be fetched: the connection broke", url);
      case RuntimeException bug -> bug;
      case null, default -> new IllegalStateException(failure);
    };
  }

  private static String words(IOException broken) {
    String message = broken.getMessage();
    String kind = broken.getClass().getSimpleName();
    return "cannot be fetched: " + (message == null ? kind : message);
  }

  private Path copy(ArtifactUrl url, Opening opening, Path file, LongConsumer onSize)
      throws IOException, InterruptedException {
    Opened artifact = opening.open();
    try (InputStream content = artifact.content()) {
      try {
        artifact.size().ifPresent(size -> checkSize(url, size, onSize));
        write(url, content, file);
        return file;
      } catch (IOException | RuntimeException failed) {
        artifact.abort().run();
        throw failed;
      }
    }
  }

  private void checkSize(ArtifactUrl url, long size, LongConsumer onSize) {
    if (size > mostBytes) {
      throw tooLarge(url);
    }
    onSize.accept(size);
  }

  private void write(ArtifactUrl url, InputStream from, Path file) throws IOException {
    byte[] buffer = new byte[BUFFER];
    long total = 0;
    try (OutputStream to = create(file)) {
      for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
        total += read;
        if (total > mostBytes) {
          throw tooLarge(url);
        }
        write(to, buffer, read);
      }
    }
  }

  /** What fails at this end is no fault of the server at the other. */
  private static OutputStream create(Path file) {
    try {
      return Files.newOutputStream(file);
    } catch (IOException disk) {
      throw new UncheckedIOException(disk);
    }
  }

  private static void write(OutputStream to, byte[] buffer, int length) {
    try {
      to.write(buffer, 0, length);
    } catch (IOException disk) {
      throw new UncheckedIOException(disk);
    }
  }

  private FaultException tooLarge(ArtifactUrl url) {
    return Fault.ARTIFACT_TOO_LARGE.because(
        "%s is larger than %d bytes (expected: at most that, model.multi.max-artifact)",
        url, mostBytes);
  }

  @Override
  public void close() {
    web.close();
    s3.close();
  }
}
