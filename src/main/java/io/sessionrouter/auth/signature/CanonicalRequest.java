package io.sessionrouter.auth.signature;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.handler.codec.http.HttpRequest;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * What is signed of a request: its head in the one form that both sides make of it, and the hash of
 * its body.
 */
final class CanonicalRequest {
  private static final HexFormat HEX = HexFormat.of();
  private static final int USUAL = 1024;

  /** All but the hash of the body; its characters are octets. */
  private final String head;

  private final SigningDate date;
  private final Credential credential;
  private final SigningKey key;
  private final byte[] signature;

  /**
   * @param signature that the client sent
   */
  CanonicalRequest(
      String head, SigningDate date, Credential credential, SigningKey key, byte[] signature) {
    this.head = head;
    this.date = date;
    this.credential = credential;
    this.key = key;
    this.signature = signature;
  }

  static String head(
      HttpRequest request, RequestTarget target, SignedHeaders signed, CanonicalForm form) {
    StringBuilder canonical = new StringBuilder(USUAL);
    canonical.append(request.method().name()).append('\n');
    CanonicalPath.append(canonical, target.path(), form);
    CanonicalQuery.append(canonical.append('\n'), target.query());
    signed.appendTo(canonical.append('\n'), request.headers());
    return canonical.toString();
  }

  /** Refuses a request whose signature is not that of its head and of such a body. */
  void verify(byte[] bodyHash) {
    String hash = HEX.formatHex(bodyHash);
    String toSign = toSign(hash);
    byte[] expected = key.sign(toSign.getBytes(ISO_8859_1));
    if (!MessageDigest.isEqual(expected, signature)) {
      throw Refusals.mismatch(head + hash, toSign);
    }
  }

  private String toSign(String hash) {
    MessageDigest canonical = Sha256.begin();
    canonical.update(head.getBytes(ISO_8859_1));
    canonical.update(hash.getBytes(ISO_8859_1));
    return AuthorizationHeader.ALGORITHM
        + "\n"
        + date.text()
        + "\n"
        + credential.scope()
        + "\n"
        + HEX.formatHex(canonical.digest());
  }
}
