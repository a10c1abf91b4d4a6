package io.sessionrouter.gateway;

import io.netty.buffer.ByteBuf;
import io.sessionrouter.upstream.InstanceConnection;
import io.sessionrouter.upstream.ResponseHandler;
import org.jspecify.annotations.Nullable;

/**
 * The instance's side of one exchange: its connection, and the request's body on the way there. The
 * body is held back until there is a connection, then passed on as fast as the instance takes it.
 * Trailers stay behind: they are headers that nobody checked.
 */
final class InstanceStream {
  /** Held back at most, and a network read more. */
  private static final int MAX_HELD = 64 * 1024;

  private final ClientStream client;
  private @Nullable HeldBody held;
  private @Nullable InstanceConnection connection;
  private long bytes;
  private boolean ended;
  private boolean unwanted;

  InstanceStream(ClientStream client) {
    this.client = client;
  }

  /** Sends a request on the connection: its head, and what has come of its body. Unflushed. */
  void begin(InstanceConnection to, Route route, Invocation request, ResponseHandler answer) {
    connection = to;
    Operation operation = request.operation();
    to.begin(
        operation.method(),
        route.path(operation),
        request.request(),
        request.contentLength(),
        answer);
    client.writeContinue();
    sendHeld(to);
  }

  private void sendHeld(InstanceConnection to) {
    HeldBody waiting = held;
    held = null;
    if (waiting != null) {
      waiting.drainTo(to::write);
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
    held().add(data);
    if (bytes >= MAX_HELD && !ended) {
      client.pauseBody();
    }
  }

  private HeldBody held() {
    HeldBody present = held;
    if (present == null) {
      present = new HeldBody();
      held = present;
    }
    return present;
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
    HeldBody waiting = held;
    held = null;
    if (waiting != null) {
      waiting.drop();
    }
  }

  /** Whether what comes of the body is dropped. */
  boolean dropsBody() {
    return unwanted;
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
    HeldBody waiting = held;
    return (waiting == null ? 0 : waiting.cost()) + (to == null ? 0 : to.pendingBytes());
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
