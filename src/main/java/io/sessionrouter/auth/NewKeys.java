package io.sessionrouter.auth;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * Keys that nobody had before.
 *
 * @param bearerKey is kept as its hash only, so this is the one time that it can be shown
 */
record NewKeys(String accessKeyId, String secretAccessKey, String bearerKey) {
  private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  private static final int ID_LENGTH = 16;
  private static final int SECRET_BYTES = 30;
  private static final int BEARER_BYTES = 32;

  static NewKeys make(SecureRandom random) {
    StringBuilder id = new StringBuilder("AKIA");
    for (int i = 0; i < ID_LENGTH; i++) {
      id.append(BASE32.charAt(random.nextInt(BASE32.length())));
    }
    return new NewKeys(
        id.toString(),
        Base64.getEncoder().encodeToString(bytes(random, SECRET_BYTES)),
        "sr-"
            + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(random, BEARER_BYTES)));
  }

  private static byte[] bytes(SecureRandom random, int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  @Override
  public String toString() {
    return accessKeyId;
  }
}
