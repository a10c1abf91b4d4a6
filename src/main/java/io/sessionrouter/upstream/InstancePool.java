package io.sessionrouter.upstream;

import io.netty.util.AsciiString;
import io.sessionrouter.domain.Instance;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The unused connections of one event loop to one instance, newest first, so that a quiet fleet
 * lets the rest run out. Used on its event loop only: no locks.
 */
final class InstancePool {
  private static final AsciiString POST = AsciiString.cached("POST ");

  private final Instance instance;
  private final AsciiString requestLine;
  private final AsciiString requestLineEnd;
  private final int maxIdle;
  private final ArrayDeque<InstanceConnection> idle = new ArrayDeque<>();
  private long now;
  private boolean closed;

  InstancePool(Instance instance, int maxIdle, long now) {
    this.instance = instance;
    this.requestLineEnd = new AsciiString(" HTTP/1.1\r\nhost: " + instance.authority() + "\r\n");
    this.requestLine = new AsciiString("POST /invocations" + requestLineEnd);
    this.maxIdle = maxIdle;
    this.now = now;
  }

  Instance instance() {
    return instance;
  }

  /**
   * Writes how every request to the instance begins: its request line and host.
   *
   * @param path null for that of single-model containers
   */
  Outbound begin(Outbound out, @Nullable CharSequence path) {
    return path == null ? out.text(requestLine) : out.text(POST).text(path).text(requestLineEnd);
  }

  @Nullable InstanceConnection take() {
    InstanceConnection connection = idle.pollFirst();
    while (connection != null && !connection.active()) {
      connection = idle.pollFirst();
    }
    return connection;
  }

  void put(InstanceConnection connection) {
    if (closed || idle.size() >= maxIdle || !connection.active()) {
      connection.close();
      return;
    }
    connection.idleSince(now);
    idle.addFirst(connection);
  }

  void remove(InstanceConnection connection) {
    idle.remove(connection);
  }

  /** Closes what has been idle for too long. */
  void expire(long present, long maxIdleNanos) {
    now = present;
    InstanceConnection oldest = idle.peekLast();
    while (oldest != null && present - oldest.idleSince() >= maxIdleNanos) {
      idle.pollLast();
      oldest.close();
      oldest = idle.peekLast();
    }
  }

  /** The instance has left: connections in use are closed when they come back. */
  void closeAll() {
    closed = true;
    InstanceConnection connection = idle.pollFirst();
    while (connection != null) {
      connection.close();
      connection = idle.pollFirst();
    }
  }
}
