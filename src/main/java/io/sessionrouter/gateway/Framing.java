package io.sessionrouter.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import org.jspecify.annotations.Nullable;

/**
 * What HTTP/1.1 asks of a request's head beyond what the codec checks: that no two parties can see
 * its end in two places.
 */
final class Framing {
  private Framing() {}

  /**
   * @return why the connection cannot be trusted any more, or null if it can
   */
  static @Nullable RouterException fault(HttpRequest head) {
    if (head.decoderResult().isFailure()) {
      return undecodable(head.decoderResult().cause());
    }
    if (head.protocolVersion().majorVersion() != 1) {
      return malformed("HTTP/1.1 or HTTP/1.0");
    }
    if (!encodingIsPlain(head.headers())) {
      return malformed("no Transfer-Encoding but one of chunked");
    }
    if (!hostIsPlain(head)) {
      return malformed("one Host header");
    }
    return lengthIsPlain(head.headers()) ? null : malformed("a decimal Content-Length");
  }

  static RouterException undecodable(@Nullable Throwable cause) {
    return cause instanceof TooLongHttpHeaderException || cause instanceof TooLongHttpLineException
        ? new RouterException(
            FailureKind.HEAD_TOO_LARGE,
            "The request's head is too large (expected: at most 8 KiB a line, 32 KiB in all).")
        : malformed("HTTP/1.1");
  }

  private static RouterException malformed(String expected) {
    return new RouterException(
        FailureKind.MALFORMED_HTTP, "The HTTP request is malformed (expected: " + expected + ").");
  }

  private static boolean encodingIsPlain(HttpHeaders headers) {
    String encoding = headers.get(HttpHeaderNames.TRANSFER_ENCODING);
    return encoding == null
        || HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(encoding)
            && headers.getAll(HttpHeaderNames.TRANSFER_ENCODING).size() == 1;
  }

  private static boolean hostIsPlain(HttpRequest head) {
    if (!head.headers().contains(HttpHeaderNames.HOST)) {
      return head.protocolVersion() != HttpVersion.HTTP_1_1;
    }
    return head.headers().getAll(HttpHeaderNames.HOST).size() == 1;
  }

  private static boolean lengthIsPlain(HttpHeaders headers) {
    String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
    if (length == null) {
      return true;
    }
    for (int i = 0; i < length.length(); i++) {
      if (length.charAt(i) < '0' || length.charAt(i) > '9') {
        return false;
      }
    }
    return !length.isEmpty();
  }
}
