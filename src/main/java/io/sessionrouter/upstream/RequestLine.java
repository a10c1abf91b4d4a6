package io.sessionrouter.upstream;

import io.netty.util.AsciiString;
import io.sessionrouter.container.HttpOutput;
import io.sessionrouter.domain.Instance;
import org.jspecify.annotations.Nullable;

/** How every request to an instance begins: its request line and host. */
final class RequestLine {
  private static final AsciiString POST = AsciiString.cached("POST ");

  private final AsciiString whole;
  private final AsciiString end;

  RequestLine(Instance to) {
    this.end = new AsciiString(" HTTP/1.1\r\nhost: " + to.authority() + "\r\n");
    this.whole = new AsciiString("POST /invocations" + end);
  }

  /**
   * @param path null for that of single-model containers
   */
  HttpOutput writeTo(HttpOutput out, @Nullable CharSequence path) {
    return path == null ? out.text(whole) : out.text(POST).text(path).text(end);
  }
}
