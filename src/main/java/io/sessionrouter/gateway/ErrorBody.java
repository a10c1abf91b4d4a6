package io.sessionrouter.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;

/** The beginning of a container's error body, as much as a client will be shown. */
final class ErrorBody {
  private static final int MAX_BYTES = 2048;
  private final byte[] bytes = new byte[MAX_BYTES];
  private final int status;
  private int length;

  /**
   * @param status what the container answered with
   */
  ErrorBody(int status) {
    this.status = status;
  }

  /**
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
    return ModelError.answered(variant, status, new String(bytes, 0, length, UTF_8));
  }
}
