package io.sessionrouter.upstream;

import io.sessionrouter.domain.Instance;
import io.sessionrouter.tls.InstanceAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The unused connections of one event loop to one instance, newest first, so that a quiet fleet
 * lets the rest run out. Used on its event loop only: no locks.
 */
final class InstancePool implements InstanceConnection.Owner {
  private final Instance instance;
  private final RequestLine requestLine;
  private final int maxIdle;
  private final ConnectQueue connects;
  private final @Nullable InetSocketAddress address;
  private @Nullable InetSocketAddress lastGood;
  private final ArrayDeque<InstanceConnection> idle = new ArrayDeque<>();
  private long now;
  private boolean closed;

  /**
   * @param begin begins a connect whose turn has come
   */
  InstancePool(Instance instance, int maxIdle, long now, BiConsumer<InstancePool, Connect> begin) {
    this.instance = instance;
    this.requestLine = new RequestLine(instance);
    this.maxIdle = maxIdle;
    this.now = now;
    this.connects = new ConnectQueue(connect -> begin.accept(this, connect));
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

  /** A connection to the instance, not open yet, that comes to the pool when it is free. */
  InstanceConnection newConnection() {
    return new InstanceConnection(requestLine, this);
  }

  @Nullable InstanceConnection take() {
    InstanceConnection connection = idle.pollFirst();
    while (connection != null && !connection.active()) {
      connection = idle.pollFirst();
    }
    return connection;
  }

  @Override
  public void onFree(InstanceConnection connection) {
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

  @Override
  public void onClosed(InstanceConnection connection) {
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
