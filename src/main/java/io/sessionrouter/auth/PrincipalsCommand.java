package io.sessionrouter.auth;

import io.quarkus.runtime.configuration.DurationConverter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Changes a file of principals from a command line; needs no running router. */
public final class PrincipalsCommand {
  /** The first word of a command line that is one of these. */
  public static final String WORD = "principals";

  private static final String FILE = "--file";
  private static final String ALLOW = "--allow";
  private static final String ENDPOINTS = "--endpoints";
  private static final String EXPIRE_OLD = "--expire-old";
  private static final int USAGE_FAULT = 2;

  private static final String USAGE =
      """
      Usage:
        principals add NAME --allow ACTION... --endpoints ENDPOINT...   new principal; shows its keys once
        principals rotate NAME [--expire-old DURATION]                  one more pair of keys; shows them once
        principals list                                                 all, without their secrets
        principals revoke NAME                                          removes it with all its keys

      ACTION and ENDPOINT are names in which * stands for anything: 'sagemaker:Invoke*', 'team-*'.
      DURATION is how long the former keys stay valid, such as 24h; without it they stay as they are.
      --file FILE names the file of principals; else SESSION_ROUTER_PRINCIPALS does. Where neither
      does, ./principals changes the file of ./demo, if there is one.
      """;

  private final PrintStream out;
  private final PrintStream err;
  private final @Nullable String usualFile;
  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param usualFile which is changed if none is named; null if there is none
   */
  public PrincipalsCommand(
      PrintStream out, PrintStream err, @Nullable String usualFile, InstantSource clock) {
    this.out = out;
    this.err = err;
    this.usualFile = usualFile;
    this.clock = clock;
  }

  /**
   * Does what the words say.
   *
   * @return the exit status
   */
  public int run(List<String> words) {
    if (words.contains("--help") || words.contains("-h")) {
      out.print(USAGE);
      return 0;
    }
    try {
      run(CommandLine.parse(words));
      return 0;
    } catch (CommandFault e) {
      err.println(e.getMessage());
      err.print(USAGE);
      return USAGE_FAULT;
    } catch (IOException e) {
      err.println("The file cannot be read or written: " + e);
      return 1;
    }
  }

  private void run(CommandLine line) throws IOException, CommandFault {
    switch (line.command()) {
      case "add" -> add(line);
      case "rotate" -> rotate(line);
      case "list" -> list(line);
      case "revoke" -> revoke(line);
      default -> throw new CommandFault(line.command() + ": no such command");
    }
  }

  private PrincipalsStore store(CommandLine line) throws IOException, CommandFault {
    String named = line.value(FILE);
    String file = named == null ? usualFile : named;
    if (file == null || file.isBlank()) {
      throw new CommandFault("no file (expected: --file FILE, or SESSION_ROUTER_PRINCIPALS)");
    }
    try {
      return new PrincipalsStore(Path.of(file));
    } catch (InvalidPathException e) {
      throw new CommandFault(file + ": no path of a file");
    }
  }

  private void add(CommandLine line) throws IOException, CommandFault {
    line.allow(true, Set.of(ALLOW, ENDPOINTS));
    String name = line.name();
    List<String> actions = line.values(ALLOW);
    List<String> endpoints = line.values(ENDPOINTS);
    NewKeys keys = NewKeys.make(random);
    store(line)
        .change(
            document -> {
              if (document.has(name)) {
                throw new CommandFault(name + ": already there (expected: a new name, or rotate)");
              }
              document.add(name, keys, actions, endpoints);
            });
    out.println(PrincipalsDocument.shown(name, keys));
  }

  private void rotate(CommandLine line) throws IOException, CommandFault {
    line.allow(true, Set.of(EXPIRE_OLD));
    String name = line.name();
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    String validity = line.value(EXPIRE_OLD);
    Instant end = validity == null ? Instant.MAX : now.plus(duration(validity));
    NewKeys keys = NewKeys.make(random);
    store(line)
        .change(
            document -> {
              requireThere(document, name);
              document.removeExpired(name, now);
              document.rotate(name, keys, end);
            });
    out.println(PrincipalsDocument.shown(name, keys));
  }

  private static Duration duration(String text) throws CommandFault {
    try {
      Duration duration = DurationConverter.parseDuration(text);
      if (!duration.isNegative() && duration.toDays() < 3660) {
        return duration;
      }
    } catch (IllegalArgumentException e) {
      // Refused below, with what was expected.
    }
    throw new CommandFault(text + ": no duration (expected: such as 30m, 24h or 7d)");
  }

  private static void requireThere(PrincipalsDocument document, String name) throws CommandFault {
    if (!document.has(name)) {
      throw new CommandFault(name + ": no such principal");
    }
  }

  private void list(CommandLine line) throws IOException, CommandFault {
    line.allow(false, Set.of());
    out.println(store(line).read().listing());
  }

  private void revoke(CommandLine line) throws IOException, CommandFault {
    line.allow(true, Set.of());
    String name = line.name();
    store(line)
        .change(
            document -> {
              requireThere(document, name);
              document.remove(name);
            });
  }
}
