package io.sessionrouter.auth.signature;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Hashes, made without looking for their provider anew. */
final class Sha256 {
  /** How many hexadecimal digits a hash has. */
  static final int DIGITS = 64;

  /** Cloned, and never fed. */
  private static final MessageDigest EMPTY = find();

  private Sha256() {}

  private static MessageDigest find() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static MessageDigest begin() {
    try {
      return (MessageDigest) EMPTY.clone();
    } catch (CloneNotSupportedException e) {
      return find();
    }
  }

  static byte[] of(byte[] data) {
    return begin().digest(data);
  }
}
