package io.sessionrouter.gateway.http1;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.AsciiString;
import io.sessionrouter.container.HttpOutput;
import io.sessionrouter.gateway.ResponseHead;
import org.jspecify.annotations.Nullable;

/** Writes the responses of one client connection as HTTP/1.1: the head, and the body's framing. */
final class ResponseWriter implements ResponseHead.Headers {
  private static final AsciiString REQUEST_ID = AsciiString.cached("x-amzn-RequestId");
  private static final AsciiString OK = AsciiString.cached("HTTP/1.1 200 OK\r\n");
  private static final AsciiString VERSION = AsciiString.cached("HTTP/1.1 ");
  private static final AsciiString CONTINUE = AsciiString.cached("HTTP/1.1 100 Continue\r\n\r\n");
  private static final AsciiString LAST_CHUNK = AsciiString.cached("0\r\n\r\n");
  private static final AsciiString ZERO = AsciiString.cached("0");

  private final HttpOutput out;
  private Body framing = Body.NONE;

  /** How the client finds the end of a response's body. */
  enum Body {
    /** There is none. */
    NONE,
    /** By its length. */
    SIZED,
    /** By its last chunk. */
    CHUNKED,
    /** By the end of the connection, as HTTP/1.0 has it. */
    UNTIL_CLOSE
  }

  ResponseWriter(HttpOutput out) {
    this.out = out;
  }

  void writeContinue() {
    out.text(CONTINUE).flush();
  }

  /** Chooses the framing. */
  Body frame(ResponseHead head, boolean toHead, boolean http10) {
    framing =
        toHead || bodiless(head.status())
            ? Body.NONE
            : head.contentLength() != null ? Body.SIZED : http10 ? Body.UNTIL_CLOSE : Body.CHUNKED;
    return framing;
  }

  private static boolean bodiless(int status) {
    return status == HttpResponseStatus.NO_CONTENT.code()
        || status == HttpResponseStatus.RESET_CONTENT.code();
  }

  /**
   * @param connection the value of the {@code Connection} header, if it must be sent
   */
  void head(
      ResponseHead head,
      CharSequence requestId,
      CharSequence date,
      @Nullable CharSequence connection) {
    statusLine(head.status());
    head.headers(this);
    add(REQUEST_ID, requestId);
    add(HttpHeaderNames.DATE, date);
    length(head);
    if (connection != null) {
      add(HttpHeaderNames.CONNECTION, connection);
    }
    out.lineEnd();
  }

  private void statusLine(int status) {
    if (status == HttpResponseStatus.OK.code()) {
      out.text(OK);
      return;
    }
    out.text(VERSION)
        .text(Integer.toString(status))
        .text(" ")
        .text(HttpResponseStatus.valueOf(status).reasonPhrase())
        .lineEnd();
  }

  private void length(ResponseHead head) {
    CharSequence length = head.contentLength();
    if (framing == Body.CHUNKED) {
      add(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    } else if (head.status() == HttpResponseStatus.RESET_CONTENT.code()) {
      add(HttpHeaderNames.CONTENT_LENGTH, ZERO);
    } else if (length != null && head.status() != HttpResponseStatus.NO_CONTENT.code()) {
      add(HttpHeaderNames.CONTENT_LENGTH, length);
    }
  }

  @Override
  public void add(AsciiString name, CharSequence value) {
    out.header(name, value);
  }

  /** Takes ownership. */
  void body(ByteBuf data) {
    switch (framing) {
      case NONE -> data.release();
      case CHUNKED -> out.chunk(data);
      case SIZED, UNTIL_CLOSE -> out.bytes(data);
    }
  }

  void end() {
    if (framing == Body.CHUNKED) {
      out.text(LAST_CHUNK);
    }
    out.flush();
  }

  /** Whether the response under way has no other end than the connection's. */
  boolean endsByClose() {
    return framing == Body.UNTIL_CLOSE;
  }

  /** The response is complete: the connection may end as any other. */
  void closeIsItsEnd() {
    framing = Body.NONE;
  }

  void flush() {
    out.flush();
  }

  void close() {
    out.close();
  }
}
