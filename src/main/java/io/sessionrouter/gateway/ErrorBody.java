package io.sessionrouter.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;

/** The beginning of a container's error body, as much as a client will be shown. */
final class ErrorBody {
  private static final int MAX_BYTES = 2048;
  private static final String COMPRESSED = "(compressed by the model container)";
  private final byte[] bytes = new byte[MAX_BYTES];
  private final int status;
  private final boolean readable;
  private int length;

  /**
   * @param head with what the container refused
   */
  ErrorBody(HttpResponse head) {
    this.status = head.status().code();
    this.readable = !isEncoded(head);
  }

  /** Whether the body is in a form that only its reader can undo. */
  static boolean isEncoded(HttpResponse answer) {
    String encoding = answer.headers().get(HttpHeaderNames.CONTENT_ENCODING);
    return encoding != null && !HttpHeaderValues.IDENTITY.contentEqualsIgnoreCase(encoding);
  }

  /**
   * Keeps as much as there is room for.
   *
   * @return true when no more is wanted
   */
  boolean add(ByteBuf content) {
    int taken = Math.min(content.readableBytes(), MAX_BYTES - length);
    content.getBytes(content.readerIndex(), bytes, length, taken);
    length += taken;
    return length == MAX_BYTES;
  }

  int status() {
    return status;
  }

  ModelError toError(String variant) {
    String text = readable ? new String(bytes, 0, length, UTF_8) : COMPRESSED;
    return ModelError.answered(variant, status, text);
  }
}
