package io.sessionrouter.auth.signature;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Whether the key that a request names may sign it. */
final class KeyCheck {
  private KeyCheck() {}

  /**
   * The key that is named.
   *
   * @param token that came with it, if any
   */
  static AccessKey key(
      AccessKeys keys, Credential credential, @Nullable String token, Instant now) {
    AccessKey key = keys.find(credential.keyId());
    if (key == null || !isTokenOf(key, token)) {
      throw Refusals.unknownKey();
    }
    Instant end = key.expires();
    if (end != null && !now.isBefore(end)) {
      throw Refusals.expiredKey();
    }
    return key;
  }

  private static boolean isTokenOf(AccessKey key, @Nullable String token) {
    String own = key.sessionToken();
    if (own == null || token == null) {
      return own == null && token == null;
    }
    return MessageDigest.isEqual(own.getBytes(UTF_8), token.getBytes(UTF_8));
  }

  /** A signature's octets. */
  static byte[] signature(String text) {
    if (text.length() != Sha256.DIGITS || !isLowerHex(text)) {
      throw Refusals.mismatch();
    }
    return HexFormat.of().parseHex(text);
  }

  static boolean isLowerHex(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }
}
