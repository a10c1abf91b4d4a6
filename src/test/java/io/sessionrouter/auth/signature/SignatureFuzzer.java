package io.sessionrouter.auth.signature;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpRequest;
import io.sessionrouter.domain.RouterException;

/**
 * Verifies whatever bytes come, as a head and a body, or as a bearer token: nothing may escape but
 * refusals, and nothing may be verified that the reference would not have signed.
 *
 * <p>Has the form that Jazzer calls, and needs nothing of it: see {@code build/fuzz}.
 */
public final class SignatureFuzzer {
  private static final SignatureV4 VERIFIER = Signed.verifier();
  private static final AccessKeys KEYS = Signed.keys(Signed.KEY);
  private static final String TOKEN = "sagemaker-api-key-";

  private SignatureFuzzer() {}

  /** Verifies one input. */
  public static void fuzzerTestOneInput(byte[] data) {
    verifies(data);
  }

  /** Whether it was verified, and so was signed. */
  static boolean verifies(byte[] data) {
    String text = new String(data, ISO_8859_1);
    try {
      return text.startsWith(TOKEN) ? token(text) : request(text);
    } catch (RouterException refused) {
      return false;
    }
  }

  private static boolean token(String text) {
    VERIFIER.verifyToken(text, KEYS);
    return true;
  }

  private static boolean request(String text) {
    int end = text.indexOf("\n\n");
    String[] lines = (end < 0 ? text : text.substring(0, end)).split("\n", -1);
    byte[] body = end < 0 ? new byte[0] : text.substring(end + 2).getBytes(ISO_8859_1);
    int blank = lines[0].indexOf(' ');
    HttpRequest head = Signed.head("POST", blank < 0 ? "/" : lines[0].substring(blank + 1));
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon > 0) {
        head.headers().add(lines[i].substring(0, colon), lines[i].substring(colon + 1).strip());
      }
    }
    BodySignature verdict = VERIFIER.begin(head, KEYS).body();
    verdict.update(Unpooled.wrappedBuffer(body));
    verdict.verify();
    if (!PlainReference.signed(head, body, Signed.KEY)) {
      throw new AssertionError("verified, though nobody signed it:\n" + text);
    }
    return true;
  }
}
