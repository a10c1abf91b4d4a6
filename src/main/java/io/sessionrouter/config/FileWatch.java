package io.sessionrouter.config;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Looks for changes of files that are read while the router runs, also if a mounted directory is
 * exchanged as a whole.
 *
 * <p>A file that changes may only be half written, so it is read when it has stayed the same for a
 * period. A look is cheap: it reads no file.
 */
public final class FileWatch {
  private static final Logger LOG = Logger.getLogger(FileWatch.class);

  /** Two of them are less than the five seconds that a change may take. */
  public static final Duration PERIOD = Duration.ofSeconds(1);

  /** What no files have. */
  private static final String NOT_READ = "";

  private final Vertx vertx;
  private final List<Path> files;
  private final Runnable read;
  private String readStamp = NOT_READ;
  private String seenStamp;
  private long timer = -1;

  /**
   * @param files that need not be there
   * @param read what is done when they have changed; may block
   */
  public FileWatch(Vertx vertx, Collection<Path> files, Runnable read) {
    this.vertx = vertx;
    this.files = List.copyOf(files);
    this.read = read;
    this.seenStamp = stamp();
  }

  public synchronized void start() {
    timer = vertx.setPeriodic(PERIOD.toMillis(), tick -> later(this::look));
  }

  public synchronized void stop() {
    vertx.cancelTimer(timer);
  }

  /** Reads soon, whether or not the files seem to have changed. */
  public void readSoon() {
    later(read);
  }

  private void later(Runnable reading) {
    vertx
        .executeBlocking(
            () -> {
              reading.run();
              return true;
            })
        .onFailure(failed -> LOG.error("watched files cannot be read", failed));
  }

  /** Reads if the files have changed, and have stayed as they are since the look before. */
  public void look() {
    if (due()) {
      read.run();
    }
  }

  private synchronized boolean due() {
    String now = stamp();
    boolean steady = now.equals(seenStamp);
    seenStamp = now;
    return steady && !now.equals(readStamp);
  }

  /** Notes, just before they are read, that what they are now is known. */
  public synchronized void reading() {
    readStamp = stamp();
    seenStamp = readStamp;
  }

  private String stamp() {
    StringBuilder stamp = new StringBuilder();
    for (Path file : files) {
      stamp.append(stamp(file)).append('\n');
    }
    return stamp.toString();
  }

  private static String stamp(Path file) {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return now.lastModifiedTime() + " " + now.size() + " " + now.fileKey();
    } catch (IOException absent) {
      return "absent";
    }
  }
}
