package io.sessionrouter.auth;

import io.sessionrouter.config.Problems;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * The file of principals on its disk: whoever reads it finds the former text or the next one, and
 * only its owner reads it.
 */
final class PrincipalsStore {
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path file;

  PrincipalsStore(Path file) throws IOException {
    // A link stays one: what it leads to is replaced.
    this.file = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
  }

  /** What a command does with the document. */
  interface Change {
    void on(PrincipalsDocument document) throws CommandFault;
  }

  /**
   * Reads the file.
   *
   * @throws CommandFault if something is wrong with it
   */
  PrincipalsDocument read() throws IOException, CommandFault {
    if (!Files.exists(file)) {
      return PrincipalsDocument.empty();
    }
    Problems problems = new Problems();
    PrincipalsFile.load(file, problems);
    CommandFault.throwIfAny(problems);
    return PrincipalsDocument.parse(Files.readString(file));
  }

  /** Changes the file, one command at a time. */
  void change(Change change) throws IOException, CommandFault {
    Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
    Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(lockFile, options, OWNER_ONLY)) {
      channel.lock(); // released with the channel
      PrincipalsDocument document = read();
      change.on(document);
      Problems problems = new Problems();
      String text = document.text(problems);
      CommandFault.throwIfAny(problems);
      write(text);
    }
  }

  private void write(String text) throws IOException {
    Path next =
        Files.createTempFile(file.getParent(), file.getFileName() + ".", ".new", OWNER_ONLY);
    try {
      try (FileChannel out = FileChannel.open(next, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
      }
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(next);
    }
  }
}
