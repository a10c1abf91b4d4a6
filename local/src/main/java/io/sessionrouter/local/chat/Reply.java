package io.sessionrouter.local.chat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;

/** A whole answer of the chat page's server itself. */
@SuppressWarnings("ArrayRecordComponent") // written once, never compared
record Reply(int status, String type, byte[] body) {
  /** Only the page's own files run, it calls only its own server, and nobody may frame it. */
  private static final String HEADERS =
      """
      Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; \
      img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
      frame-ancestors 'none'; require-trusted-types-for 'script'
      X-Content-Type-Options: nosniff
      Referrer-Policy: no-referrer
      Cross-Origin-Resource-Policy: same-origin
      Cross-Origin-Opener-Policy: same-origin
      Cache-Control: no-cache
      Connection: close
      """;

  static Reply of(Refusal refusal) {
    String body =
        """
        {"code":"%s","Message":"%s"}\
        """
            .formatted(refusal.code(), refusal.getMessage());
    return new Reply(refusal.status(), "application/json", body.getBytes(UTF_8));
  }

  void write(OutputStream out) throws IOException {
    String head =
        """
        HTTP/1.1 %d
        Content-Type: %s
        Content-Length: %d
        %s
        """
            .formatted(status, type, body.length, HEADERS);
    out.write(head.replace("\n", "\r\n").getBytes(ISO_8859_1));
    out.write(body);
    out.flush();
  }
}
