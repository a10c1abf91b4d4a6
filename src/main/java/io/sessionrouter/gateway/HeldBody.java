package io.sessionrouter.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Pieces of a body that wait. Small ones are copied together: that costs less than keeping the
 * buffers they came in.
 */
final class HeldBody {
  private static final int COPY_BELOW_BYTES = 4 * 1024;
  private static final int BUFFER_BYTES = 8 * 1024;

  private final ArrayDeque<ByteBuf> pieces = new ArrayDeque<>(4);
  private @Nullable ByteBuf gathered;
  private long bytes;
  private long cost;

  /** Takes ownership. */
  void add(ByteBuf data) {
    int length = data.readableBytes();
    ByteBuf room = gathered;
    bytes += length;
    if (length > COPY_BELOW_BYTES || length == 0) {
      gathered = null;
      keep(data);
    } else if (room != null && room.writableBytes() >= length) {
      room.writeBytes(data);
      data.release();
    } else {
      room = data.alloc().ioBuffer(BUFFER_BYTES, BUFFER_BYTES);
      room.writeBytes(data);
      data.release();
      gathered = room;
      keep(room);
    }
  }

  private void keep(ByteBuf piece) {
    cost += memory(piece);
    pieces.add(piece);
  }

  /** A piece keeps all of the buffer that it was cut out of. */
  private static long memory(ByteBuf piece) {
    ByteBuf whole = piece.unwrap() == null ? piece : piece.unwrap();
    return whole.capacity();
  }

  /** The first piece, which is the caller's from now on; null if there is none. */
  @SuppressWarnings("ReferenceEquality") // the very piece that is being filled
  @Nullable ByteBuf poll() {
    ByteBuf first = pieces.poll();
    if (first == null) {
      return null;
    }
    if (first == gathered) {
      gathered = null;
    }
    bytes -= first.readableBytes();
    cost -= memory(first);
    return first;
  }

  /** All pieces, in their order; each is the taker's from then on. */
  void drainTo(Consumer<ByteBuf> taker) {
    ByteBuf next = poll();
    while (next != null) {
      taker.accept(next);
      next = poll();
    }
  }

  int pieces() {
    return pieces.size();
  }

  long bytes() {
    return bytes;
  }

  /** What they take of memory, in bytes. */
  long cost() {
    return cost;
  }

  void drop() {
    pieces.forEach(ReferenceCountUtil::release);
    pieces.clear();
    gathered = null;
    bytes = 0;
    cost = 0;
  }
}
