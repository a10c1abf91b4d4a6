package io.sessionrouter.gateway;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.AddressResolverGroup;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.telemetry.RequestMeters;
import io.sessionrouter.tls.ServerTls;
import io.sessionrouter.tls.Tls;
import io.sessionrouter.upstream.Connections;
import io.sessionrouter.upstream.UpstreamSettings;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The data port: accepts clients and gives each connection its place on an event loop. */
final class DataPort {
  private static final int BACKLOG = 1024;

  /** What a connection costs that holds nothing: an estimate, generous on purpose. */
  private static final int CONNECTION_BYTES = 4 * 1024;

  private static final int COST_WITH_TLS = 32 * 1024;

  private final EventLoopGroup loops;
  private final AddressResolverGroup<?> resolver;
  private final Transport transport;
  private final PathDependencies services;
  private final DataPortSettings settings;
  private final UpstreamSettings upstream;
  private final Tls tls;
  private final HeldMemory memory;
  private final AddressLimit addresses;
  private final Map<EventLoop, EventLoopContext> desks = new ConcurrentHashMap<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final Shutdown departure = new Shutdown();
  private final CompletableFuture<Void> empty = new CompletableFuture<>();
  private volatile @Nullable Channel listening;

  DataPort(
      EventLoopGroup loops,
      AddressResolverGroup<?> resolver,
      PathDependencies services,
      DataPortSettings settings,
      UpstreamSettings upstream,
      Tls tls,
      HeldMemory memory) {
    this.loops = loops;
    this.resolver = resolver;
    this.transport = Transport.of(loops);
    this.services = services;
    this.settings = settings;
    this.upstream = upstream;
    this.tls = tls;
    this.memory = memory;
    this.addresses = new AddressLimit(settings.maxConnectionsPerAddress());
  }

  /** Listens; completes when clients can connect. */
  ChannelFuture open() {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loops)
            .channel(transport.server())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    accept(channel);
                  }
                })
            .bind(settings.host(), settings.port());
    listening = bound.channel();
    return bound;
  }

  private void accept(SocketChannel channel) {
    int open = connections.incrementAndGet();
    channel.closeFuture().addListener(closed -> left(connections.decrementAndGet()));
    EventLoopContext desk = desk(channel.eventLoop());
    desk.memory().makeRoom();
    ServerTls secure = tls.clients();
    Holding holding =
        desk.memory()
            .open(
                new JustAccepted(channel, services.meters()),
                secure == null ? CONNECTION_BYTES : COST_WITH_TLS);
    channel.closeFuture().addListener(closed -> holding.close());
    RouterException refusal = refusal(channel, open);
    if (secure == null) {
      speakHttp(channel.pipeline(), desk, holding, refusal);
    } else {
      channel
          .pipeline()
          .addLast(secure.newHandler(channel.alloc()))
          .addLast(
              new ClientHandshake(services.meters(), p -> speakHttp(p, desk, holding, refusal)));
    }
  }

  /** Why the connection gets no request answered; null if it does. */
  private @Nullable RouterException refusal(SocketChannel channel, int open) {
    if (open > settings.maxConnections()) {
      return Errors.tooManyConnections();
    }
    return addresses.admits(channel) ? null : Errors.tooManyOfOneAddress();
  }

  private static void speakHttp(
      ChannelPipeline pipeline,
      EventLoopContext desk,
      Holding holding,
      @Nullable RouterException refusal) {
    pipeline.addLast(new ClientConnection(desk, pipeline.channel(), holding, refusal));
  }

  /** Until the connection speaks HTTP. */
  private record JustAccepted(Channel channel, RequestMeters meters) implements Holding.Owner {

    @Override
    public boolean busy() {
      return false;
    }

    @Override
    public void evict() {
      meters.evicted("handshake");
      channel.close();
    }
  }

  private void left(int remaining) {
    if (remaining == 0 && departure.closed()) {
      empty.complete(null);
    }
  }

  private EventLoopContext desk(EventLoop loop) {
    EventLoopContext known = desks.get(loop);
    return known != null ? known : desks.computeIfAbsent(loop, this::newDesk);
  }

  private EventLoopContext newDesk(EventLoop loop) {
    Connections toInstances =
        new Connections(loop, transport.client(), resolver, upstream, tls.instances());
    LoopMemory share = new LoopMemory(memory, loop);
    EventLoopContext desk = new EventLoopContext(services, settings, toInstances, departure, share);
    loop.scheduleAtFixedRate(
        desk, EventLoopContext.TICK_NANOS, EventLoopContext.TICK_NANOS, TimeUnit.NANOSECONDS);
    return desk;
  }

  /** The port clients connect to, or -1 if there is none. */
  int port() {
    Channel channel = listening;
    return channel != null && channel.isActive()
        ? ((InetSocketAddress) channel.localAddress()).getPort()
        : -1;
  }

  /** Whether clients are asked to go elsewhere. */
  boolean leaving() {
    return departure.announced();
  }

  /** Still serves everybody, but every response from now on is the last of its connection. */
  void announceEnd() {
    departure.announce();
  }

  /**
   * Takes no more connections. Requests under way go on; idle connections are closed.
   *
   * @return done when the last connection is closed
   */
  CompletableFuture<Void> stopAccepting() {
    departure.close();
    closeListening();
    // What was accepted just before is counted once its event loop has seen it.
    loops.forEach(loop -> loop.submit(() -> {}).syncUninterruptibly());
    left(connections.get());
    return empty;
  }

  /** Ends what is still under way, telling its clients why if they can still be told. */
  void cut(RouterException why) {
    desks.forEach((loop, desk) -> loop.execute(() -> desk.cutAll(why)));
  }

  /** Closes the port and every connection. */
  void close() {
    closeListening();
    desks.forEach((loop, desk) -> loop.submit(desk::closeAll).syncUninterruptibly());
  }

  private void closeListening() {
    Channel channel = listening;
    if (channel != null) {
      channel.close().syncUninterruptibly();
    }
  }
}
