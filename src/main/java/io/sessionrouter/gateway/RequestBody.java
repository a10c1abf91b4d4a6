package io.sessionrouter.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import io.sessionrouter.upstream.InstanceConnection;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A request's body on its way to the instance: held back until there is a connection, then passed
 * on as fast as the instance takes it. Trailers stay behind: they are headers that nobody checked.
 */
final class RequestBody {
  /** Held back at most, and a network read more. */
  private static final int MAX_HELD = 64 * 1024;

  /** Copying so much costs less than keeping the buffer it came in. */
  private static final int COPY_BELOW_BYTES = 4 * 1024;

  private static final int BUFFER_BYTES = 8 * 1024;

  private final ClientStream client;
  private @Nullable ArrayDeque<ByteBuf> held;
  private @Nullable InstanceConnection instance;
  private @Nullable ByteBuf gathered;
  private long bytes;
  private long cost;
  private boolean ended;
  private boolean unwanted;

  RequestBody(ClientStream client) {
    this.client = client;
  }

  /** Takes ownership. */
  void add(ByteBuf data, boolean last) {
    bytes += data.readableBytes();
    ended = last;
    InstanceConnection to = instance;
    if (unwanted) {
      data.release();
    } else if (to == null) {
      hold(data);
    } else {
      pass(to, data);
    }
  }

  private void hold(ByteBuf data) {
    ArrayDeque<ByteBuf> parts = held;
    if (parts == null) {
      parts = new ArrayDeque<>(4);
      held = parts;
    }
    ByteBuf room = gathered;
    if (data.readableBytes() > COPY_BELOW_BYTES || data.readableBytes() == 0) {
      gathered = null;
      keep(parts, data);
    } else if (room != null && room.writableBytes() >= data.readableBytes()) {
      room.writeBytes(data);
      data.release();
    } else {
      room = data.alloc().ioBuffer(BUFFER_BYTES, BUFFER_BYTES);
      room.writeBytes(data);
      data.release();
      gathered = room;
      keep(parts, room);
    }
    if (bytes >= MAX_HELD && !ended) {
      client.pauseBody();
    }
  }

  private void keep(ArrayDeque<ByteBuf> parts, ByteBuf data) {
    ByteBuf whole = data.unwrap() == null ? data : data.unwrap();
    cost += whole.capacity();
    parts.add(data);
  }

  private void pass(InstanceConnection to, ByteBuf data) {
    to.write(data);
    if (ended) {
      to.end();
    } else if (to.writable()) {
      client.progressed();
    } else {
      client.pauseBody();
    }
  }

  /** From now on the body goes there. */
  void passTo(InstanceConnection to) {
    instance = to;
    ArrayDeque<ByteBuf> parts = held;
    forgetHeld();
    if (parts != null) {
      parts.forEach(to::write);
    }
    if (ended) {
      to.end();
    }
    if (ended || to.writable()) {
      client.resumeBody();
    }
  }

  /** Nobody takes the rest. */
  void drop() {
    unwanted = true;
    instance = null;
    ArrayDeque<ByteBuf> parts = held;
    forgetHeld();
    if (parts != null) {
      parts.forEach(ReferenceCountUtil::release);
    }
  }

  private void forgetHeld() {
    held = null;
    gathered = null;
    cost = 0;
  }

  /** What is held back, in bytes of memory. */
  long cost() {
    return cost;
  }

  /** Whether there is a body and none of it was passed on. */
  boolean untouched() {
    return bytes == 0 && !ended;
  }

  long bytes() {
    return bytes;
  }

  boolean ended() {
    return ended;
  }
}
