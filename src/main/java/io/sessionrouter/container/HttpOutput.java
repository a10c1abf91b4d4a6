package io.sessionrouter.container;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What one connection is about to send: small pieces are gathered in one buffer, large ones go as
 * they are. A message with a small body is one buffer and one write to the kernel.
 *
 * <p>Used on its event loop only. Nothing that comes from outside may be written as text unless it
 * was checked for line breaks before.
 */
public final class HttpOutput {
  /** Copying so much costs less than another buffer on its way through the kernel. */
  private static final int COPY_BELOW_BYTES = 2 * 1024;

  private static final int BUFFER_BYTES = 4 * 1024;
  private static final AsciiString COLON = AsciiString.cached(": ");
  private static final AsciiString LINE_END = AsciiString.cached("\r\n");

  private final ChannelHandlerContext context;
  private @Nullable ByteBuf gathered;
  private boolean closed;

  public HttpOutput(ChannelHandlerContext context) {
    this.context = context;
  }

  public HttpOutput text(AsciiString text) {
    if (!closed) {
      ByteBufUtil.copy(text, room());
    }
    return this;
  }

  public HttpOutput text(CharSequence text) {
    if (text instanceof AsciiString ascii) {
      return text(ascii);
    }
    if (!closed) {
      room().writeCharSequence(text, StandardCharsets.US_ASCII);
    }
    return this;
  }

  /** A whole header line. */
  public HttpOutput header(AsciiString name, CharSequence value) {
    return text(name).text(COLON).text(value).text(LINE_END);
  }

  public HttpOutput lineEnd() {
    return text(LINE_END);
  }

  /** Bytes of a body, owned from now on. */
  public void bytes(ByteBuf data) {
    int length = data.readableBytes();
    if (closed || length == 0) {
      data.release();
    } else if (length <= COPY_BELOW_BYTES) {
      room().writeBytes(data);
      data.release();
    } else {
      send();
      context.write(data, context.voidPromise());
    }
  }

  /** A piece of a body in chunked framing, owned from now on; nothing if it is empty. */
  public void chunk(ByteBuf data) {
    int length = data.readableBytes();
    if (length == 0) {
      data.release();
      return;
    }
    text(Integer.toHexString(length)).lineEnd().bytes(data);
    lineEnd();
  }

  private ByteBuf room() {
    ByteBuf present = gathered;
    if (present != null && present.readableBytes() > BUFFER_BYTES - COPY_BELOW_BYTES) {
      send();
      present = null;
    }
    if (present == null) {
      present = context.alloc().ioBuffer(BUFFER_BYTES);
      gathered = present;
    }
    return present;
  }

  private void send() {
    ByteBuf present = gathered;
    gathered = null;
    if (present != null) {
      context.write(present, context.voidPromise());
    }
  }

  public void flush() {
    send();
    context.flush();
  }

  /** The connection is gone: what was not sent is dropped, and whatever follows. */
  public void close() {
    closed = true;
    ByteBuf dropped = gathered;
    gathered = null;
    if (dropped != null) {
      dropped.release();
    }
  }
}
