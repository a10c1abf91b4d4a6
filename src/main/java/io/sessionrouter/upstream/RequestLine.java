package io.sessionrouter.upstream;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.AsciiString;
import io.sessionrouter.container.HttpOutput;
import io.sessionrouter.domain.Instance;
import org.jspecify.annotations.Nullable;

/** How every request to an instance begins: its request line and host. */
final class RequestLine {
  private static final AsciiString POST = AsciiString.cached("POST ");
  private static final AsciiString GET = AsciiString.cached("GET ");

  private final AsciiString whole;
  private final AsciiString end;

  RequestLine(Instance to) {
    this.end = new AsciiString(" HTTP/1.1\r\nhost: " + to.authority() + "\r\n");
    this.whole = new AsciiString("POST /invocations" + end);
  }

  /**
   * @param path null for a request to a single-model container's usual one, which is a POST
   */
  HttpOutput writeTo(HttpOutput out, HttpMethod method, @Nullable CharSequence path) {
    if (path == null) {
      return out.text(whole);
    }
    return out.text(HttpMethod.GET.equals(method) ? GET : POST).text(path).text(end);
  }
}
