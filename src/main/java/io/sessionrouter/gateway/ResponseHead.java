package io.sessionrouter.gateway;

import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** The head of a response, whatever version of HTTP carries it. */
public interface ResponseHead {

  int status();

  /** The body's length in bytes, in decimal; null if it is not known yet. */
  @Nullable CharSequence contentLength();

  /** Names all headers but those of the framing and of the connection. */
  void headers(Headers to);

  /** Takes headers; values must be free of line breaks. */
  interface Headers {
    void add(AsciiString name, CharSequence value);
  }
}
