package io.sessionrouter.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.util.ReferenceCountUtil;
import io.sessionrouter.upstream.InstanceConnection;
import io.sessionrouter.upstream.ResponseHandler;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The instance's side of one exchange: its connection, and the request's body on the way there. The
 * body is held back until there is a connection, then passed on as fast as the instance takes it.
 * Trailers stay behind: they are headers that nobody checked.
 */
final class InstanceStream {
  /** Held back at most, and a network read more. */
  private static final int MAX_HELD = 64 * 1024;

  /** Copying so much costs less than keeping the buffer it came in. */
  private static final int COPY_BELOW_BYTES = 4 * 1024;

  private static final int BUFFER_BYTES = 8 * 1024;

  private final ClientStream client;
  private @Nullable ArrayDeque<ByteBuf> held;
  private @Nullable InstanceConnection connection;
  private @Nullable ByteBuf gathered;
  private long bytes;
  private long cost;
  private boolean ended;
  private boolean unwanted;

  InstanceStream(ClientStream client) {
    this.client = client;
  }

  /** Sends a request on the connection: its head, and what has come of its body. Unflushed. */
  void begin(InstanceConnection to, Route route, Invocation request, ResponseHandler answer) {
    connection = to;
    to.begin(route.path(), request.request(), request.contentLength(), answer);
    client.writeContinue();
    sendHeld(to);
  }

  private void sendHeld(InstanceConnection to) {
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

  /** A piece of the body; takes ownership. */
  void add(ByteBuf data, boolean last) {
    bytes += data.readableBytes();
    ended = last;
    InstanceConnection to = connection;
    if (unwanted) {
      data.release();
    } else if (to == null) {
      hold(data);
    } else {
      send(to, data);
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

  private void send(InstanceConnection to, ByteBuf data) {
    to.write(data);
    if (ended) {
      to.end();
    } else if (to.writable()) {
      client.progressed();
    } else {
      client.pauseBody();
    }
  }

  /** Sends what was written; the end of the body was flushed by itself. */
  void flush() {
    InstanceConnection to = connection;
    if (to != null && !ended) {
      to.flush();
    }
  }

  /** Reads no more of the answer for now. */
  void pause() {
    if (connection != null) {
      connection.pause();
    }
  }

  void resume() {
    if (connection != null) {
      connection.resume();
    }
  }

  /** The answer has ended, and its connection serves others. */
  void answerEnded() {
    connection = null;
    dropBody();
  }

  /** The connection is gone: what comes of the body waits for another. */
  void disconnected() {
    connection = null;
  }

  /** Ends the instance's work. */
  void cancel() {
    InstanceConnection cancelled = connection;
    connection = null;
    if (cancelled != null) {
      cancelled.cancel();
    }
    dropBody();
  }

  /** Nobody takes the rest of the body. */
  void dropBody() {
    unwanted = true;
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

  boolean connected() {
    return connection != null;
  }

  /** Whether the instance keeps up with the body. */
  boolean writable() {
    return connection != null && connection.writable();
  }

  /** What is held back and what the instance has not taken, in bytes of memory. */
  long cost() {
    InstanceConnection to = connection;
    return to == null ? cost : cost + to.pendingBytes();
  }

  /** Whether nothing of the body has come. */
  boolean bodyUntouched() {
    return bytes == 0 && !ended;
  }

  /** How much of the body has come. */
  long bodyBytes() {
    return bytes;
  }

  boolean bodyEnded() {
    return ended;
  }
}
