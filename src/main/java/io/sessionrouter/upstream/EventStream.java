package io.sessionrouter.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * The framing of {@code application/vnd.amazon.eventstream}, as one response stream needs it.
 *
 * <p>A message is: its length and that of its headers (4 bytes each), the CRC32 of these, the
 * headers, the payload, the CRC32 of all before. Lengths count everything. As documented in "Amazon
 * event stream encoding" of the AWS SDKs.
 */
public final class EventStream {
  private static final int PRELUDE_BYTES = 12;
  private static final int CRC_BYTES = 4;
  private static final int STRING_TYPE = 7;

  /** Copying so much costs less than handing three buffers on. */
  private static final int COPY_BELOW_BYTES = 2 * 1024;

  private static final byte[] PART =
      headers(
          ":message-type", "event",
          ":event-type", "PayloadPart",
          ":content-type", "application/octet-stream");

  private final CRC32 crc = new CRC32();

  /** One {@code PayloadPart} with these bytes, which are owned from now on. */
  public ByteBuf part(ByteBufAllocator allocator, ByteBuf payload) {
    return payload.readableBytes() <= COPY_BELOW_BYTES
        ? copied(allocator, PART, payload)
        : wrapped(allocator, payload);
  }

  /** An exception of the operation's model; the stream ends with it. */
  public ByteBuf exception(ByteBufAllocator allocator, String type, String json) {
    byte[] headers =
        headers(
            ":message-type", "exception",
            ":exception-type", type,
            ":content-type", "application/json");
    byte[] payload = json.getBytes(StandardCharsets.UTF_8);
    return copied(allocator, headers, Unpooled.wrappedBuffer(payload));
  }

  private ByteBuf copied(ByteBufAllocator allocator, byte[] headers, ByteBuf payload) {
    int length = PRELUDE_BYTES + headers.length + payload.readableBytes() + CRC_BYTES;
    ByteBuf message = begun(allocator.heapBuffer(length), length, headers);
    message.writeBytes(payload);
    payload.release();
    sum(message, PRELUDE_BYTES);
    return message.writeInt((int) crc.getValue());
  }

  private ByteBuf wrapped(ByteBufAllocator allocator, ByteBuf payload) {
    int length = PRELUDE_BYTES + PART.length + payload.readableBytes() + CRC_BYTES;
    ByteBuf head = begun(allocator.heapBuffer(PRELUDE_BYTES + PART.length), length, PART);
    sum(head, PRELUDE_BYTES);
    sum(payload, 0);
    ByteBuf tail = allocator.heapBuffer(CRC_BYTES).writeInt((int) crc.getValue());
    return allocator.compositeBuffer(3).addComponents(true, head, payload, tail);
  }

  /** The prelude and the headers; the sum stands behind the prelude then. */
  private ByteBuf begun(ByteBuf message, int length, byte[] headers) {
    message.writeInt(length).writeInt(headers.length);
    crc.reset();
    sum(message, 0);
    message.writeInt((int) crc.getValue());
    sum(message, PRELUDE_BYTES - CRC_BYTES);
    return message.writeBytes(headers);
  }

  private void sum(ByteBuf bytes, int from) {
    int length = bytes.readableBytes() - from;
    if (bytes.hasArray()) {
      crc.update(bytes.array(), bytes.arrayOffset() + bytes.readerIndex() + from, length);
    } else if (bytes.nioBufferCount() == 1) {
      crc.update(bytes.internalNioBuffer(bytes.readerIndex() + from, length));
    } else {
      crc.update(ByteBufUtil.getBytes(bytes, bytes.readerIndex() + from, length));
    }
  }

  private static byte[] headers(String... namesAndValues) {
    var encoded = new ByteArrayOutputStream();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      byte[] name = namesAndValues[i].getBytes(StandardCharsets.US_ASCII);
      byte[] value = namesAndValues[i + 1].getBytes(StandardCharsets.US_ASCII);
      encoded.write(name.length);
      encoded.writeBytes(name);
      encoded.write(STRING_TYPE);
      encoded.write(value.length >> 8);
      encoded.write(value.length);
      encoded.writeBytes(value);
    }
    return encoded.toByteArray();
  }
}
