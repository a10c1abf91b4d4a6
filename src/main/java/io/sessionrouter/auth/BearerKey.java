package io.sessionrouter.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A key that a request carries as it is, known by its hash only.
 *
 * @param sha256 64 digits in lower case
 * @param expires until when it is valid; null if it does not expire
 */
record BearerKey(String sha256, @Nullable Instant expires) {

  /** The hash of a key as it is sent. */
  static String hash(String key) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
