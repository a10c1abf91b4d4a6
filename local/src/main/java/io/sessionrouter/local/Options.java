package io.sessionrouter.local;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the user asked for on the command line.
 *
 * @param redis the user's own Redis, or null to start one
 * @param checkOnly stop after the checks that come before anything is started
 * @param examples only print calls to copy
 */
record Options(
    int instances,
    int port,
    int managementPort,
    int chatPort,
    @Nullable URI redis,
    boolean checkOnly,
    boolean examples,
    boolean help) {

  static final String USAGE =
      """
      Usage: ./demo [options]

      Starts a Redis, model containers and the router on this machine, until Ctrl-C.

        --instances N          model containers to start (1 to 16, default 2)
        --port P               port of the router (default 8080)
        --management-port P    port for health, metrics and the management API (default 9000)
        --chat-port P          port of the chat page (default 8088)
        --redis URL            use this Redis (default: start one)
        --yes                  install what is missing without a question
        --check                only check that the demo could start, then stop
        --examples             print calls to copy: curl, AWS CLI, boto3, OpenAI's client
        --help                 show this text

      Examples:
        ./demo                               the chat on http://127.0.0.1:8088/
        ./demo --instances 3 --port 8180     three containers, the router on another port
        ./demo --redis redis://HOST:6379     with your own Redis
        ./demo --examples                    calls to copy while the demo runs

      Exit codes: 0 after --check, --examples and --help; 1 something was in the way, or the
      router ended; 2 the command line is wrong; 130 and 143 stopped by Ctrl-C and SIGTERM.
      """;

  static final int DEFAULT_PORT = 8080;

  private static final Options DEFAULTS =
      new Options(2, DEFAULT_PORT, 9000, 8088, null, false, false, false);
  private static final Set<String> REDIS_SCHEMES = Set.of("redis", "rediss");

  /** Thrown for a command line that makes no sense; the message names what was expected. */
  static final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }
  }

  static Options parse(List<String> arguments) throws UsageException {
    Options options = DEFAULTS;
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      options = options.with(rest.next(), rest);
    }
    return options.consistent();
  }

  private Options with(String argument, Iterator<String> rest) throws UsageException {
    int equals = argument.startsWith("--") ? argument.indexOf('=') : -1;
    return equals < 0
        ? with(argument, rest, null)
        : with(argument.substring(0, equals), rest, argument.substring(equals + 1));
  }

  private Options with(String name, Iterator<String> rest, @Nullable String value)
      throws UsageException {
    return switch (name) {
      case "--instances" -> withInstances(number(name, value(name, rest, value), 1, 16));
      case "--port" -> withPort(number(name, value(name, rest, value), 1, 65535));
      case "--management-port" ->
          withManagementPort(number(name, value(name, rest, value), 1, 65535));
      case "--chat-port" -> withChatPort(number(name, value(name, rest, value), 1, 65535));
      case "--redis" -> withRedis(redis(value(name, rest, value)));
      case "--check" ->
          new Options(instances, port, managementPort, chatPort, redis, true, examples, help);
      case "--examples" ->
          new Options(instances, port, managementPort, chatPort, redis, checkOnly, true, help);
      case "--help", "-h" ->
          new Options(instances, port, managementPort, chatPort, redis, checkOnly, examples, true);
      default -> throw new UsageException("Unknown option: " + name);
    };
  }

  private static String value(String name, Iterator<String> rest, @Nullable String given)
      throws UsageException {
    if (given != null) {
      return given;
    }
    if (!rest.hasNext()) {
      throw new UsageException(name + ": a value is missing");
    }
    return rest.next();
  }

  private static int number(String name, String text, int least, int most) throws UsageException {
    int number = text.matches("\\d{1,5}") ? Integer.parseInt(text) : -1;
    if (number < least || number > most) {
      throw new UsageException(
          "%s: %s (expected: a number from %d to %d)".formatted(name, text, least, most));
    }
    return number;
  }

  private static URI redis(String text) throws UsageException {
    try {
      URI url = new URI(text);
      if (REDIS_SCHEMES.contains(String.valueOf(url.getScheme())) && url.getHost() != null) {
        return url;
      }
      throw notRedis();
    } catch (URISyntaxException e) {
      throw notRedis();
    }
  }

  /** Does not repeat the value: it may hold a password. */
  private static UsageException notRedis() {
    return new UsageException("--redis: not a Redis URL (expected: redis://HOST:PORT)");
  }

  private Options consistent() throws UsageException {
    requireTwo("--port", port, "--management-port", managementPort);
    requireTwo("--port", port, "--chat-port", chatPort);
    requireTwo("--management-port", managementPort, "--chat-port", chatPort);
    return this;
  }

  private static void requireTwo(String name, int port, String otherName, int otherPort)
      throws UsageException {
    if (port == otherPort) {
      throw new UsageException(
          "%s and %s: both are %d (expected: two ports)".formatted(name, otherName, port));
    }
  }

  private Options withInstances(int number) {
    return new Options(number, port, managementPort, chatPort, redis, checkOnly, examples, help);
  }

  private Options withPort(int number) {
    return new Options(
        instances, number, managementPort, chatPort, redis, checkOnly, examples, help);
  }

  private Options withManagementPort(int number) {
    return new Options(instances, port, number, chatPort, redis, checkOnly, examples, help);
  }

  private Options withChatPort(int number) {
    return new Options(instances, port, managementPort, number, redis, checkOnly, examples, help);
  }

  private Options withRedis(URI url) {
    return new Options(instances, port, managementPort, chatPort, url, checkOnly, examples, help);
  }
}
