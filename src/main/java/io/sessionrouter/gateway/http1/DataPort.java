package io.sessionrouter.gateway.http1;

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
import io.sessionrouter.gateway.DataPortSettings;
import io.sessionrouter.gateway.Errors;
import io.sessionrouter.gateway.EventLoopContext;
import io.sessionrouter.gateway.HeldMemory;
import io.sessionrouter.gateway.Holding;
import io.sessionrouter.gateway.LoopMemory;
import io.sessionrouter.gateway.PathDependencies;
import io.sessionrouter.gateway.RequestPath;
import io.sessionrouter.gateway.Shutdown;
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
public final class DataPort {
  private static final int BACKLOG = 1024;

  /** What a connection costs that holds nothing: an estimate, generous on purpose. */
  private static final int CONNECTION_BYTES = 4 * 1024;

  private static final int COST_WITH_TLS = 32 * 1024;

  private final EventLoopGroup loops;
  private final AddressResolverGroup<?> resolver;
  private final Transport transport;
  private final PathDependencies dependencies;
  private final RequestPath path;
  private final DataPortSettings settings;
  private final UpstreamSettings upstream;
  private final Tls tls;
  private final HeldMemory memory;
  private final AddressLimit addresses;
  private final Map<EventLoop, LoopPart> loopParts = new ConcurrentHashMap<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final Shutdown departure = new Shutdown();
  private final CompletableFuture<Void> empty = new CompletableFuture<>();
  private volatile @Nullable Channel listening;

  public DataPort(
      EventLoopGroup loops,
      AddressResolverGroup<?> resolver,
      PathDependencies dependencies,
      DataPortSettings settings,
      UpstreamSettings upstream,
      Tls tls,
      HeldMemory memory) {
    this.loops = loops;
    this.resolver = resolver;
    this.transport = Transport.of(loops);
    this.dependencies = dependencies;
    this.path = new RequestPath(dependencies);
    this.settings = settings;
    this.upstream = upstream;
    this.tls = tls;
    this.memory = memory;
    this.addresses = new AddressLimit(settings.maxConnectionsPerAddress());
  }

  /** Listens; completes when clients can connect. */
  public ChannelFuture open() {
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
    LoopPart part = part(channel.eventLoop());
    LoopMemory share = part.context().memory();
    share.makeRoom();
    ServerTls secure = tls.clients();
    Holding holding =
        share.open(
            new JustAccepted(channel, path.meters()),
            secure == null ? CONNECTION_BYTES : COST_WITH_TLS);
    channel.closeFuture().addListener(closed -> holding.close());
    RouterException refusal = refusal(channel, open);
    if (secure == null) {
      speakHttp(channel.pipeline(), part, holding, refusal);
    } else {
      channel
          .pipeline()
          .addLast(secure.newHandler(channel.alloc()))
          .addLast(new ClientHandshake(path.meters(), p -> speakHttp(p, part, holding, refusal)));
    }
  }

  /** Why the connection gets no request answered; null if it does. */
  private @Nullable RouterException refusal(SocketChannel channel, int open) {
    if (open > settings.maxConnections()) {
      return Errors.tooManyConnections();
    }
    return addresses.admits(channel) ? null : Errors.tooManyOfOneAddress();
  }

  private void speakHttp(
      ChannelPipeline pipeline, LoopPart part, Holding holding, @Nullable RouterException refusal) {
    pipeline.addLast(
        new ClientConnection(
            path, part.context(), part.heads(), pipeline.channel(), holding, refusal));
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

  /** What the connections of one event loop share. */
  private record LoopPart(EventLoopContext context, HeadParser heads) {}

  private LoopPart part(EventLoop loop) {
    LoopPart known = loopParts.get(loop);
    return known != null ? known : loopParts.computeIfAbsent(loop, this::newPart);
  }

  private LoopPart newPart(EventLoop loop) {
    Connections toInstances =
        new Connections(loop, transport.client(), resolver, upstream, tls.instances());
    LoopMemory share = new LoopMemory(memory, loop);
    EventLoopContext context =
        new EventLoopContext(
            path.meters(),
            dependencies.fleet(),
            dependencies.clock(),
            settings,
            toInstances,
            departure,
            share);
    loop.scheduleAtFixedRate(
        context, EventLoopContext.TICK_NANOS, EventLoopContext.TICK_NANOS, TimeUnit.NANOSECONDS);
    return new LoopPart(context, new HeadParser());
  }

  /** The port clients connect to, or -1 if there is none. */
  public int port() {
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
  public void announceEnd() {
    departure.announce();
  }

  /**
   * Takes no more connections. Requests under way go on; idle connections are closed.
   *
   * @return done when the last connection is closed
   */
  public CompletableFuture<Void> stopAccepting() {
    departure.close();
    closeListening();
    // What was accepted just before is counted once its event loop has seen it.
    loops.forEach(loop -> loop.submit(() -> {}).syncUninterruptibly());
    left(connections.get());
    return empty;
  }

  /** Ends what is still under way, reporting why to its clients where that is still possible. */
  public void cut(RouterException why) {
    loopParts.forEach((loop, part) -> loop.execute(() -> part.context().cutAll(why)));
  }

  /** Closes the port and every connection. */
  public void close() {
    closeListening();
    loopParts.forEach((loop, part) -> loop.submit(part.context()::closeAll).syncUninterruptibly());
  }

  private void closeListening() {
    Channel channel = listening;
    if (channel != null) {
      channel.close().syncUninterruptibly();
    }
  }
}
