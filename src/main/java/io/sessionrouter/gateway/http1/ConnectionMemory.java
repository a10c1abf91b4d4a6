package io.sessionrouter.gateway.http1;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.sessionrouter.gateway.Exchange;
import io.sessionrouter.gateway.Holding;
import org.jspecify.annotations.Nullable;

/** What a client's connection makes the router hold, and what the client has not read of it. */
final class ConnectionMemory {
  /** What a request under way costs: its exchange, its connection to an instance, each line. */
  private static final int REQUEST_COST = 8 * 1024;

  private static final int LINE_COST = 160;

  private final Channel channel;
  private final Holding holding;
  private final long connectionCost;
  private long requestCost;

  /**
   * @param holding that counts what an open connection costs by itself
   */
  ConnectionMemory(Channel channel, Holding holding) {
    this.channel = channel;
    this.holding = holding;
    this.connectionCost = holding.bytes();
  }

  /**
   * A request has begun.
   *
   * @param length of its head in bytes
   * @param lines of its head
   */
  void requestBegan(int length, int lines) {
    requestCost = REQUEST_COST + 2L * length + (long) LINE_COST * lines;
  }

  void requestEnded() {
    requestCost = 0;
  }

  /**
   * Counts what is held by now.
   *
   * @param unread bytes that wait for their turn
   * @param exchange under way, if there is one
   */
  void count(long unread, @Nullable Exchange exchange) {
    long cost = connectionCost + requestCost + unread + pending();
    holding.set(exchange == null ? cost : cost + exchange.cost());
  }

  /** Bytes of responses that the client has not read. */
  long pending() {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
  }

  /** Whether the kernel has all of the last response. */
  boolean allSent() {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null || buffer.isEmpty();
  }

  /** The client reads or sends: what it holds is in use. */
  void progressed(long now) {
    holding.progressed(now);
  }

  /** Counts nothing from now on. */
  void close() {
    requestCost = 0;
    holding.close();
  }
}
