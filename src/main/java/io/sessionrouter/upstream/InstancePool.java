package io.sessionrouter.upstream;

import io.netty.util.AsciiString;
import io.sessionrouter.container.HttpOutput;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.tls.InstanceAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
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
  private final ConnectQueue connects;
  private final @Nullable InetSocketAddress address;
  private @Nullable InetSocketAddress lastGood;
  private final ArrayDeque<InstanceConnection> idle = new ArrayDeque<>();
  private long now;
  private boolean closed;

  InstancePool(Instance instance, int maxIdle, long now, Consumer<Connect> connecting) {
    this.instance = instance;
    this.requestLineEnd = new AsciiString(" HTTP/1.1\r\nhost: " + instance.authority() + "\r\n");
    this.requestLine = new AsciiString("POST /invocations" + requestLineEnd);
    this.maxIdle = maxIdle;
    this.now = now;
    this.connects = new ConnectQueue(connecting);
    InetAddress literal = InstanceAddresses.literal(instance.host());
    this.address = literal == null ? null : new InetSocketAddress(literal, instance.port());
  }

  Instance instance() {
    return instance;
  }

  ConnectQueue connects() {
    return connects;
  }

  /** Where the instance is; null if its host is a name. */
  @Nullable InetSocketAddress address() {
    return address;
  }

  void reachedAt(InetSocketAddress one) {
    lastGood = one;
  }

  /** A name's addresses, that where the instance was reached last before the others. */
  List<InetSocketAddress> lastGoodFirst(List<InetSocketAddress> all) {
    InetSocketAddress good = lastGood;
    if (good == null || !all.contains(good)) {
      return all;
    }
    List<InetSocketAddress> sorted = new ArrayList<>(all);
    sorted.remove(good);
    sorted.addFirst(good);
    return sorted;
  }

  /**
   * Writes how every request to the instance begins: its request line and host.
   *
   * @param path null for that of single-model containers
   */
  HttpOutput begin(HttpOutput out, @Nullable CharSequence path) {
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
    if (closed || !connection.active() || idle.size() >= maxIdle) {
      connection.close();
      return;
    }
    Connect next = connects.poll();
    if (next != null) {
      connection.beReused();
      next.handler().onConnection(connection);
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
    connects.close();
    InstanceConnection connection = idle.pollFirst();
    while (connection != null) {
      connection.close();
      connection = idle.pollFirst();
    }
  }
}
