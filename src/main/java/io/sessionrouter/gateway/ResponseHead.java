package io.sessionrouter.gateway;

import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import io.sessionrouter.domain.Session;
import io.sessionrouter.gateway.Settlement.Closed;
import io.sessionrouter.gateway.Settlement.Opened;
import io.sessionrouter.gateway.Settlement.Settled;
import org.jspecify.annotations.Nullable;

/** The response headers a client gets to see: an allow-list, too. */
final class ResponseHead {
  private static final AsciiString VARIANT =
      AsciiString.cached("x-Amzn-Invoked-Production-Variant");
  private static final AsciiString CUSTOM_ATTRIBUTES =
      AsciiString.cached("X-Amzn-SageMaker-Custom-Attributes");

  private ResponseHead() {}

  /**
   * @param variant the one that answered
   * @param settled what became of the request's session, null if nothing
   */
  static HttpResponse of(HttpResponse answer, String variant, @Nullable Settled settled) {
    HttpHeaders from = answer.headers();
    HttpHeaders to = DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    copy(from, to, HttpHeaderNames.CONTENT_TYPE);
    copy(from, to, HttpHeaderNames.CONTENT_LENGTH);
    to.add(VARIANT, variant);
    copy(from, to, CUSTOM_ATTRIBUTES);
    switch (settled) {
      case null -> {}
      case Opened(Session begun) ->
          to.add(SessionHeader.NEW_SESSION_ID, SessionHeader.value(begun));
      case Closed(Session ended) -> to.add(SessionHeader.CLOSED_SESSION_ID, ended.id());
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
