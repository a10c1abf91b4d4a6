package io.sessionrouter.upstream;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.Future;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.tls.InstanceAddresses;
import io.sessionrouter.tls.InstanceTls;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** All connections of one event loop to instances. Used on that event loop only. */
public final class Connections {
  private static final Logger LOG = Logger.getLogger(Connections.class);
  private static final HttpDecoderConfig DECODING =
      new HttpDecoderConfig()
          .setMaxInitialLineLength(4096)
          .setMaxHeaderSize(32 * 1024)
          .setMaxChunkSize(64 * 1024);

  private final EventLoop loop;
  private final Class<? extends Channel> channelType;
  private final InstanceAddresses addresses;
  private final UpstreamSettings settings;
  private final InstanceTls tls;
  private final Map<Instance, InstancePool> pools = new HashMap<>();
  private final ChunkDeadlines unfinished = new ChunkDeadlines();

  /**
   * @param resolver one that does not block, since host names are looked up on the event loop
   */
  public Connections(
      EventLoop loop,
      Class<? extends Channel> channelType,
      AddressResolverGroup<?> resolver,
      UpstreamSettings settings,
      InstanceTls tls) {
    this.loop = loop;
    this.channelType = channelType;
    this.addresses = new InstanceAddresses(resolver);
    this.settings = settings;
    this.tls = tls;
  }

  /** An open connection that nobody uses, or null if there is none. */
  public @Nullable InstanceConnection idle(Instance instance) {
    InstancePool pool = pools.get(instance);
    return pool == null ? null : pool.take();
  }

  /**
   * Opens a new connection when its turn has come, or takes one that comes free before.
   *
   * @param timeout until the instance has accepted it; a TLS handshake has its own time
   * @param deadline nanoseconds; when its turn is waited for no longer
   */
  public void connect(Instance instance, Duration timeout, long deadline, ConnectHandler handler) {
    InstancePool pool = pool(instance);
    pool.connects().add(new Connect(pool, timeout, deadline, handler));
  }

  private void dial(Connect connect) {
    Instance to = connect.pool().instance();
    InetSocketAddress address = connect.pool().address();
    if (address != null) {
      open(connect, address).addListener((ChannelFuture f) -> dialled(f, connect));
    } else {
      addresses
          .find(loop, to.host(), to.port())
          .addListener((Future<List<InetSocketAddress>> found) -> dial(found, connect));
    }
  }

  private void dial(Future<List<InetSocketAddress>> found, Connect connect) {
    if (!found.isSuccess()) {
      failed(found.cause(), ConnectFailure.NO_WAY, connect);
      return;
    }
    List<InetSocketAddress> all = connect.pool().lastGoodFirst(found.getNow());
    long millis = connect.timeout().toMillis();
    new ConnectAttempt(loop, all, millis, address -> open(connect, address))
        .begin(millis)
        .addListener((Future<Channel> reached) -> reached(reached, connect));
  }

  private void reached(Future<Channel> reached, Connect connect) {
    if (reached.isSuccess()) {
      Channel channel = reached.getNow();
      connect.pool().reachedAt((InetSocketAddress) channel.remoteAddress());
      dialled(channel.newSucceededFuture(), connect);
    } else {
      failed(reached.cause(), ConnectFailure.of(reached.cause()), connect);
    }
  }

  private static void dialled(ChannelFuture connected, Connect connect) {
    if (!connected.isSuccess()) {
      failed(connected.cause(), ConnectFailure.of(connected.cause()), connect);
    } else if (connect.pool().instance().tls()) {
      handshake(connected.channel())
          .addListener(secured -> secured(secured, connected.channel(), connect));
    } else {
      opened(connected.channel(), connect);
    }
  }

  private static void secured(Future<?> handshake, Channel channel, Connect connect) {
    if (handshake.isSuccess()) {
      opened(channel, connect);
    } else {
      failed(handshake.cause(), ConnectFailure.INSECURE, connect);
    }
  }

  private ChannelFuture open(Connect connect, InetSocketAddress address) {
    InstancePool pool = connect.pool();
    return bootstrap(pool.instance(), new InstanceConnection(pool), connect.timeout())
        .connect(address);
  }

  private static Future<Channel> handshake(Channel channel) {
    return channel.pipeline().get(SslHandler.class).handshakeFuture();
  }

  private static void opened(Channel channel, Connect connect) {
    connect.pool().connects().ended();
    connect.handler().onConnection(channel.pipeline().get(InstanceConnection.class));
  }

  private static void failed(Throwable cause, ConnectFailure why, Connect connect) {
    LOG.debugf("connection failed reason=\"%s\"", cause);
    connect.pool().connects().ended();
    connect.handler().onUnreachable(why);
  }

  private Bootstrap bootstrap(Instance to, InstanceConnection connection, Duration timeout) {
    return new Bootstrap()
        .group(loop)
        .channel(channelType)
        .disableResolver()
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.AUTO_CLOSE, false) // a failed write leaves what came to be read
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(timeout.toMillis()))
        .handler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                if (to.tls()) {
                  channel
                      .pipeline()
                      .addLast(tls.newHandler(channel.alloc(), to), new CloseNotifyCheck());
                }
                channel.pipeline().addLast(new ChunkAssembler(DECODING, unfinished), connection);
              }
            });
  }

  private InstancePool pool(Instance instance) {
    return pools.computeIfAbsent(
        instance, i -> new InstancePool(i, settings.maxIdle(), System.nanoTime(), this::dial));
  }

  /** Closes what has been idle for too long; to be called a few times a second. */
  public void expire(long nowNanos) {
    long maxIdleNanos = settings.idleTimeout().toNanos();
    pools.values().forEach(pool -> pool.expire(nowNanos, maxIdleNanos));
    List.copyOf(pools.values()).forEach(pool -> pool.connects().expire(nowNanos));
  }

  /** Hands on chunks whose rest does not come; to be called some times in 100 ms. */
  public void handOnUnfinished(long nowNanos) {
    unfinished.look(nowNanos);
  }

  /** Forgets instances that left the fleet. */
  public void retain(Predicate<Instance> present) {
    List<InstancePool> gone =
        pools.values().stream().filter(pool -> !present.test(pool.instance())).toList();
    gone.forEach(pool -> pools.remove(pool.instance()));
    gone.forEach(InstancePool::closeAll);
  }
}
