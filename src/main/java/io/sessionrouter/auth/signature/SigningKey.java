package io.sessionrouter.auth.signature;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What a secret comes to for one day, region and service. Safe on all threads. */
final class SigningKey {
  private static final String HMAC = "HmacSHA256";

  /** Cloned, and never fed. */
  private final Mac mac;

  private SigningKey(Mac mac) {
    this.mac = mac;
  }

  static SigningKey of(String secret, String day, String region, String service) {
    SigningKey key = of(("AWS4" + secret).getBytes(UTF_8));
    for (String part : new String[] {day, region, service, Credential.TERMINATOR}) {
      key = of(key.sign(part.getBytes(UTF_8)));
    }
    return key;
  }

  private static SigningKey of(byte[] key) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      return new SigningKey(mac);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + HMAC, e);
    }
  }

  byte[] sign(byte[] text) {
    try {
      return ((Mac) mac.clone()).doFinal(text);
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException(HMAC + " of this Java cannot be cloned", e);
    }
  }
}
