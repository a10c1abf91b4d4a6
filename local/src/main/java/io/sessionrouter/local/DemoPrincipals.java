package io.sessionrouter.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Those who may call the demo: a file of principals, in which the router's own command makes one
 * for the demo's user, and beside it the keys of that one, of which the file itself has a hash
 * only. Both stay when the demo ends, so that keys that somebody exported remain valid.
 */
public final class DemoPrincipals {
  static final String NAME = "demo";

  private final Path state;
  private final Command command;

  /** Runs the router's command of principals, and returns what it printed. */
  @FunctionalInterface
  interface Command {
    String run(List<String> words);
  }

  /**
   * Those whose files are in the folder.
   *
   * @param services know the router's program
   */
  public static DemoPrincipals in(Path state, Services services) {
    return new DemoPrincipals(state, new PrincipalsProgram(services.principals()));
  }

  DemoPrincipals(Path state, Command command) {
    this.state = state;
    this.command = command;
  }

  private static Path keysFile(Path state) {
    return state.resolve("keys.env");
  }

  /** The file that the router reads. */
  Path file() {
    return state.resolve("principals.json");
  }

  /** Valid keys: those of before, or new ones. */
  public Keys keys() {
    String principals = read(file());
    Keys kept = kept(state);
    return kept != null && has(principals, kept) ? kept : make(principals);
  }

  /** The keys that a demo has made before; null if there are none, or the file is damaged. */
  static @Nullable Keys kept(Path state) {
    try {
      return Keys.read(read(keysFile(state)));
    } catch (IllegalArgumentException damaged) {
      return null;
    }
  }

  private static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new StartFailure("Cannot read %s: %s".formatted(file, e.getMessage()));
    }
  }

  /** Whether both keys are valid without an end: one that expires does so while the demo runs. */
  private static boolean has(String principals, Keys keys) {
    return Stream.of(keys.accessKeyId(), sha256(keys.bearerKey()))
        .allMatch(key -> isEndless(principals, key));
  }

  private static boolean isEndless(String principals, String key) {
    return Pattern.compile("\\{[^{}]*\"" + Pattern.quote(key) + "\"[^{}]*}")
        .matcher(principals)
        .results()
        .map(MatchResult::group)
        .anyMatch(entry -> !entry.contains("\"expires\""));
  }

  private Keys make(String principals) {
    Keys made = Keys.shown(command.run(words(principals)));
    write(made);
    return made;
  }

  private List<String> words(String principals) {
    List<String> which = List.of("--file", file().toString());
    List<String> what =
        Pattern.compile("\"name\"\\s*:\\s*\"" + NAME + "\"").matcher(principals).find()
            ? List.of("rotate", NAME)
            : List.of("add", NAME, "--allow", "sagemaker:*", "router:*", "--endpoints", "*");
    return Stream.concat(what.stream(), which.stream()).toList();
  }

  /** For their owner only. */
  private void write(Keys keys) {
    Path file = keysFile(state);
    var ownerOnly = PosixFilePermissions.fromString("rw-------");
    try {
      Path next =
          Files.createTempFile(
              state, "keys.", ".new", PosixFilePermissions.asFileAttribute(ownerOnly));
      Files.write(next, keys.lines());
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new StartFailure("Cannot write %s: %s".formatted(file, e.getMessage()));
    }
  }

  private static String sha256(String text) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
