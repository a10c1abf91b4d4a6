package io.sessionrouter.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What HTTP/1.1 asks of a request's head beyond its grammar: that no two parties can see its end in
 * two places.
 */
final class Framing {
  /** A longer number may not fit into 64 bits. */
  private static final int MAX_DIGITS = 18;

  private Framing() {}

  /**
   * Checks how the request is delimited.
   *
   * @return why the connection cannot be trusted any more, or null if it can
   */
  static @Nullable RouterException fault(HttpRequest head) {
    HttpHeaders headers = head.headers();
    List<String> encodings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
    List<String> lengths = headers.getAll(HttpHeaderNames.CONTENT_LENGTH);
    if (!encodingIsPlain(head, encodings)) {
      return malformed("no Transfer-Encoding but one of chunked, in HTTP/1.1");
    }
    if (!lengths.isEmpty() && !(encodings.isEmpty() && lengthIsPlain(lengths))) {
      return malformed("a decimal Content-Length, or none with Transfer-Encoding");
    }
    return hostIsPlain(head) ? null : malformed("one Host header with a host");
  }

  static RouterException tooLarge() {
    return new RouterException(
        FailureKind.HEAD_TOO_LARGE,
        "The request's head is too large (expected: at most 8 KiB in the first line, 32 KiB and 100"
            + " lines in all).");
  }

  static RouterException malformed(String expected) {
    return new RouterException(
        FailureKind.MALFORMED_HTTP, "The HTTP request is malformed (expected: " + expected + ").");
  }

  private static boolean encodingIsPlain(HttpRequest head, List<String> encodings) {
    return encodings.isEmpty()
        || (encodings.size() == 1
            && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(encodings.getFirst())
            && head.protocolVersion().equals(HttpVersion.HTTP_1_1));
  }

  private static boolean hostIsPlain(HttpRequest head) {
    List<String> hosts = head.headers().getAll(HttpHeaderNames.HOST);
    return hosts.isEmpty()
        ? !head.protocolVersion().equals(HttpVersion.HTTP_1_1)
        : hosts.size() == 1 && Grammar.host(hosts.getFirst());
  }

  private static boolean lengthIsPlain(List<String> lengths) {
    String length = lengths.getFirst();
    for (int i = 0; i < length.length(); i++) {
      if (length.charAt(i) < '0' || length.charAt(i) > '9') {
        return false;
      }
    }
    return lengths.size() == 1 && !length.isEmpty() && length.length() <= MAX_DIGITS;
  }
}
