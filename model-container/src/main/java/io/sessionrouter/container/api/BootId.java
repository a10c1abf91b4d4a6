package io.sessionrouter.container.api;

import java.security.SecureRandom;

/**
 * The name of this run of the container.
 *
 * <p>A restarted container has another one; so a router can distinguish it from the one that held
 * the sessions.
 */
final class BootId {
  static final String HEADER = "X-Session-Router-Boot-Id";

  private static final String LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final int LENGTH = 16;

  private BootId() {}

  static String random() {
    return new SecureRandom()
        .ints(LENGTH, 0, LETTERS.length())
        .mapToObj(LETTERS::charAt)
        .collect(StringBuilder::new, StringBuilder::append, StringBuilder::append)
        .toString();
  }
}
