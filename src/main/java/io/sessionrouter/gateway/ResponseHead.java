package io.sessionrouter.gateway;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** The response headers a client gets to see: an allow-list, too. */
final class ResponseHead {
  private static final AsciiString VARIANT = AsciiString.cached("x-Amzn-Invoked-Production-Variant");
  private static final AsciiString CUSTOM_ATTRIBUTES =
      AsciiString.cached("X-Amzn-SageMaker-Custom-Attributes");

  private ResponseHead() {}

  /**
   * @param variant the one that answered
   * @param newSession value of the header that tells of a session that began, or null
   * @param closedSession id of the session that ended, or null
   */
  static HttpResponse of(
      HttpResponse answer,
      String variant,
      @Nullable String newSession,
      @Nullable String closedSession) {
    HttpHeaders from = answer.headers();
    HttpHeaders to = DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    copy(from, to, HttpHeaderNames.CONTENT_TYPE);
    copy(from, to, HttpHeaderNames.CONTENT_LENGTH);
    to.add(VARIANT, variant);
    copy(from, to, CUSTOM_ATTRIBUTES);
    if (newSession != null) {
      to.add(SessionHeader.NEW_SESSION_ID, newSession);
    }
    if (closedSession != null) {
      to.add(SessionHeader.CLOSED_SESSION_ID, closedSession);
    }
    return new DefaultHttpResponse(HttpVersion.HTTP_1_1, answer.status(), to);
  }

  private static void copy(HttpHeaders from, HttpHeaders to, AsciiString name) {
    String value = from.get(name);
    if (value != null) {
      to.add(name, value);
    }
  }
}
