package io.sessionrouter.container.artifact;

import io.sessionrouter.container.config.SettingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The folder on disk where artifacts lie while they are loaded.
 *
 * <p>Each container has its own beside those of others, and holds a lock in it while it lives. So a
 * start can take away what a killed container left behind, and never what a living one needs.
 */
public final class Workspace implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Workspace.class);
  private static final String PREFIX = "container-";
  private static final String LOCK = "lock";

  private final Path mine;
  private final FileChannel channel;

  private Workspace(Path mine, FileChannel channel) {
    this.mine = mine;
    this.channel = channel;
  }

  /** Opens one below this folder, or in the system's place for temporary files. */
  public static Workspace open(Optional<Path> configured) {
    Path base = configured.orElseGet(Workspace::temporary);
    try {
      Files.createDirectories(base);
      if (!Files.isDirectory(base, LinkOption.NOFOLLOW_LINKS)) {
        throw new SettingException("model.multi.work-dir", base, "a folder, not a link to one");
      }
      return openBelow(base);
    } catch (IOException unusable) {
      throw new SettingException(
          "model.multi.work-dir", base, "a folder to write in (%s)".formatted(unusable));
    }
  }

  private static Path temporary() {
    String name = "session-router-models-" + System.getProperty("user.name");
    return Path.of(System.getProperty("java.io.tmpdir"), name);
  }

  /** One start after the other, so that none sees a folder of another without its lock. */
  private static Workspace openBelow(Path base) throws IOException {
    synchronized (Workspace.class) {
      try (FileChannel gate = channel(base.resolve(LOCK));
          FileLock passed = gate.lock()) {
        if (passed.isValid()) {
          removeAbandoned(base);
        }
        Path mine = Files.createDirectory(base.resolve(PREFIX + UUID.randomUUID()));
        FileChannel channel = channel(mine.resolve(LOCK));
        channel.lock();
        return new Workspace(mine, channel);
      }
    }
  }

  private static FileChannel channel(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private static void removeAbandoned(Path base) throws IOException {
    try (Stream<Path> folders = Files.list(base)) {
      folders
          .filter(folder -> folder.getFileName().toString().startsWith(PREFIX))
          .filter(Workspace::abandoned)
          .forEach(Workspace::delete);
    }
  }

  private static boolean abandoned(Path folder) {
    try (FileChannel channel = channel(folder.resolve(LOCK));
        FileLock lock = channel.tryLock()) {
      return lock != null;
    } catch (OverlappingFileLockException ours) {
      return false;
    } catch (IOException unreadable) {
      LOG.warnf("cannot look whether %s is in use: %s", folder, unreadable);
      return false;
    }
  }

  /** A new, empty folder for one load. */
  public Folder newFolder() {
    try {
      return new Folder(Files.createTempDirectory(mine, "load-"));
    } catch (IOException disk) {
      throw new UncheckedIOException(disk);
    }
  }

  /** A folder that goes away with everything in it. */
  public record Folder(Path path) implements AutoCloseable {
    @Override
    public void close() {
      delete(path);
    }
  }

  /** Takes a folder or a file away; what cannot be is logged, and tried again at the next start. */
  static void delete(Path path) {
    try {
      Files.walkFileTree(path, new Deletion());
    } catch (IOException remains) {
      LOG.warnf("cannot delete %s: %s", path, remains);
    }
  }

  /** Deletes what it visits. */
  private static final class Deletion extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failed)
        throws IOException {
      Files.delete(folder);
      return FileVisitResult.CONTINUE;
    }
  }

  @Override
  public void close() {
    if (!channel.isOpen()) {
      return;
    }
    try (channel) {
      delete(mine);
    } catch (IOException failed) {
      LOG.warnf("cannot release %s: %s", mine, failed);
    }
  }
}
