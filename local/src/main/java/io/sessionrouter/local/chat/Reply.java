package io.sessionrouter.local.chat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.stream.Stream;

/**
 * A whole answer of the chat page's server itself.
 *
 * @param more lines of its head
 */
@SuppressWarnings("ArrayRecordComponent") // written once, never compared
record Reply(int status, String type, byte[] body, List<String> more) {
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
      Connection: close
      """;

  private static final String FRESH = "Cache-Control: no-cache";
  private static final String PRIVATE = "Cache-Control: no-store";

  Reply {
    more = List.copyOf(more);
  }

  Reply(int status, String type, byte[] body) {
    this(status, type, body, List.of(FRESH));
  }

  /** Leads to another place; what goes with it is for this browser only. */
  static Reply seeOther(List<String> lines) {
    List<String> more = Stream.concat(Stream.of(PRIVATE), lines.stream()).toList();
    return new Reply(303, "text/plain; charset=utf-8", new byte[0], more);
  }

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
        %s%s

        """
            .formatted(status, type, body.length, HEADERS, String.join("\n", more));
    out.write(head.replace("\n", "\r\n").getBytes(ISO_8859_1));
    out.write(body);
    out.flush();
  }
}
