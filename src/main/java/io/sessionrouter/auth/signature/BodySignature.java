package io.sessionrouter.auth.signature;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import io.sessionrouter.domain.RouterException;
import java.security.MessageDigest;

/**
 * What is left to verify of a request when its head is read: a signature that the body's hash is
 * part of, or only that hash. Keeps nothing of the body.
 *
 * <p>Belongs to one request, and to the thread that reads its body.
 */
public final class BodySignature {
  private static final int PIECE = 16 * 1024;

  /** Hashes read arrays; one per thread is enough for all bodies that are elsewhere. */
  private static final FastThreadLocal<byte[]> PIECES =
      new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
          return new byte[PIECE];
        }
      };

  private final MessageDigest hash = Sha256.begin();
  private final boolean decided;
  private final Verdict verdict;

  private BodySignature(boolean decided, Verdict verdict) {
    this.decided = decided;
    this.verdict = verdict;
  }

  /** Of a request whose signature cannot be verified without its body. */
  static BodySignature of(CanonicalRequest request) {
    return new BodySignature(false, request::verify);
  }

  /** Of a request whose signature is right if this is the hash of its body. */
  static BodySignature of(byte[] expected) {
    return new BodySignature(
        true,
        actual -> {
          if (!MessageDigest.isEqual(actual, expected)) {
            throw Refusals.otherBody();
          }
        });
  }

  /** Whether the sender is known for certain, and only the body's hash is to be compared. */
  public boolean decided() {
    return decided;
  }

  /** Takes the next part of the body, which stays the caller's, as it is. */
  public void update(ByteBuf data) {
    int at = data.readerIndex();
    int left = data.readableBytes();
    if (data.hasArray()) {
      hash.update(data.array(), data.arrayOffset() + at, left);
      return;
    }
    byte[] piece = PIECES.get();
    while (left > 0) {
      int length = Math.min(left, piece.length);
      data.getBytes(at, piece, 0, length);
      hash.update(piece, 0, length);
      at += length;
      left -= length;
    }
  }

  /**
   * Gives the verdict, once, when the whole body was taken.
   *
   * @throws RouterException if the request is not what was signed
   */
  public void verify() throws RouterException {
    verdict.on(hash.digest());
  }

  private interface Verdict {
    void on(byte[] bodyHash) throws RouterException;
  }
}
