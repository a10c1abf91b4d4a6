package io.sessionrouter.local;

import java.net.URI;

/** The checks that come before anything is built or started. */
final class Preflight {
  private static final int REDIS_PORT = 6379;
  private static final int TRIED = 20;
  private static final int HIGHEST_PORT = 65_535;

  private Preflight() {}

  /**
   * @throws StartFailure naming what is in the way
   */
  static void check(Options options) {
    requireFree(options.port(), "the router", "--port");
    requireFree(options.managementPort(), "the router's management", "--management-port");
    requireFree(options.chatPort(), "the chat page", "--chat-port");
    URI redis = options.redis();
    if (redis != null) {
      requireAnswer(redis);
    }
  }

  private static void requireFree(int port, String user, String option) {
    if (!Ports.isFree(port)) {
      throw new StartFailure(
          "Port %d is in use%s, but %s needs it. Stop what listens there, or use another port: ./demo %s %d"
              .formatted(port, owner(port), user, option, freeNear(port)));
    }
  }

  private static String owner(int port) {
    return PortOwner.of(port).map(process -> " by " + PortOwner.name(process)).orElse("");
  }

  /** The next port that a person would try. */
  private static int freeNear(int port) {
    for (int next = port + 1; next <= Math.min(port + TRIED, HIGHEST_PORT); next++) {
      if (Ports.isFree(next)) {
        return next;
      }
    }
    return Ports.free();
  }

  private static void requireAnswer(URI redis) {
    int port = redis.getPort() < 0 ? REDIS_PORT : redis.getPort();
    if (!Ports.answers(redis.getHost(), port)) {
      throw new StartFailure(
          "Nothing answers at %s:%d, where --redis says there is a Redis."
              .formatted(redis.getHost(), port));
    }
  }
}
