package io.sessionrouter.ops;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.ServerChannel;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.quarkus.vertx.http.HttpServerStart;
import io.sessionrouter.gateway.HeldMemory;
import io.sessionrouter.gateway.LoopMemory;
import io.sessionrouter.gateway.http1.DataPortService;
import io.sessionrouter.telemetry.RequestMeters;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.inject.Singleton;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands at the door of the management port: lets so many connections in and counts what they hold
 * in the one budget for clients of both ports. When there are too many, the one goes that has
 * waited for the longest, so that a probe always gets in.
 */
@Singleton
final class ManagementGuard {
  static final int MAX_CONNECTIONS = 256;
  private static final long TICK_MILLIS = 1_000;

  private final VertxInternal vertx;
  private final HeldMemory budget;
  private final RequestMeters meters;
  private final Map<EventLoop, LoopMemory> memories = new ConcurrentHashMap<>();
  private final Set<ManagementConnection> connections = ConcurrentHashMap.newKeySet();

  ManagementGuard(Vertx vertx, DataPortService port, RequestMeters meters) {
    this.vertx = (VertxInternal) vertx;
    this.budget = port.memory();
    this.meters = meters;
  }

  void begin(@ObservesAsync HttpServerStart started) {
    vertx.setPeriodic(TICK_MILLIS, tick -> tick());
    for (EventExecutor loop : vertx.getAcceptorEventLoopGroup()) {
      loop.execute(() -> stand((SingleThreadEventLoop) loop));
    }
  }

  /** At every port that Quarkus listens on; the data port is accepted by other loops. */
  private void stand(SingleThreadEventLoop loop) {
    Iterator<Channel> registered = loop.registeredChannelsIterator();
    while (registered.hasNext()) {
      Channel channel = registered.next();
      if (channel instanceof ServerChannel && channel.localAddress() instanceof InetSocketAddress) {
        if (channel.pipeline().get(Door.class) == null) {
          channel.pipeline().addFirst(new Door(this));
        }
      }
    }
  }

  /** Sees each connection before Quarkus does. */
  @Sharable
  private static final class Door extends ChannelInboundHandlerAdapter {
    private final ManagementGuard guard;

    Door(ManagementGuard guard) {
      this.guard = guard;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object accepted) {
      Channel channel = (Channel) accepted;
      channel.pipeline().addFirst(new ManagementConnection(channel, guard));
      ctx.fireChannelRead(accepted);
    }
  }

  LoopMemory memory(EventLoop loop) {
    LoopMemory known = memories.get(loop);
    return known != null ? known : memories.computeIfAbsent(loop, l -> new LoopMemory(budget, l));
  }

  void opened(ManagementConnection connection) {
    connections.add(connection);
    if (connections.size() > MAX_CONNECTIONS) {
      connections.stream()
          .filter(ManagementConnection::dispensable)
          .min(Comparator.comparingLong(ManagementConnection::waitsSince))
          .ifPresent(longest -> longest.channel().close());
    }
  }

  void closed(ManagementConnection connection) {
    connections.remove(connection);
  }

  void evicted() {
    meters.evicted("management");
  }

  private void tick() {
    long now = System.nanoTime();
    for (ManagementConnection connection : connections) {
      connection.channel().eventLoop().execute(() -> connection.tick(now));
    }
  }
}
