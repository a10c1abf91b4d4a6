package io.sessionrouter.gateway;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.AsciiString;
import java.util.List;

/** The whole of an error that a container answered, for clients that read it as it is. */
final class ContainerAnswer {
  private static final List<AsciiString> HEADERS =
      List.of(
          HttpHeaderNames.CONTENT_TYPE,
          HttpHeaderNames.CONTENT_ENCODING,
          HttpHeaderNames.RETRY_AFTER);

  private final HttpResponse head;
  private final byte[] body;

  /**
   * @param body is its own from now on
   */
  ContainerAnswer(HttpResponse head, byte[] body) {
    this.head = head;
    this.body = body;
  }

  int status() {
    return head.status().code();
  }

  byte[] body() {
    return body;
  }

  void headers(ResponseHead.Headers to) {
    for (AsciiString name : HEADERS) {
      String value = head.headers().get(name);
      if (value != null) {
        to.add(name, value);
      }
    }
  }
}
