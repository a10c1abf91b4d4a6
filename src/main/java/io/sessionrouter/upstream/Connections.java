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
import io.sessionrouter.domain.Settings;
import io.sessionrouter.tls.InstanceTls;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
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
  private final AddressResolverGroup<?> resolver;
  private final Settings.Upstream settings;
  private final InstanceTls tls;
  private final Map<Instance, InstancePool> pools = new HashMap<>();
  private final UnfinishedChunks unfinished = new UnfinishedChunks();

  /**
   * @param resolver one that does not block, since host names are looked up on the event loop
   */
  public Connections(
      EventLoop loop,
      Class<? extends Channel> channelType,
      AddressResolverGroup<?> resolver,
      Settings.Upstream settings,
      InstanceTls tls) {
    this.loop = loop;
    this.channelType = channelType;
    this.resolver = resolver;
    this.settings = settings;
    this.tls = tls;
  }

  /** Who asked for a connection; called on the event loop. */
  public interface Waiting {
    void onConnection(InstanceConnection connection);

    /** The instance could not be reached in time. */
    void onUnreachable();
  }

  /** An open connection that nobody uses, or null if there is none. */
  public @Nullable InstanceConnection idle(Instance instance) {
    InstancePool pool = pools.get(instance);
    return pool == null ? null : pool.take();
  }

  /**
   * Opens a new connection.
   *
   * @param timeout until the instance has accepted it; a TLS handshake has its own time
   */
  public void connect(Instance instance, Duration timeout, Waiting waiting) {
    InstanceConnection connection = new InstanceConnection(pool(instance));
    bootstrap(instance, connection, timeout)
        .connect(instance.host(), instance.port())
        .addListener(
            (ChannelFuture connected) -> {
              if (instance.tls() && connected.isSuccess()) {
                handshake(connected.channel())
                    .addListener(secured -> opened(secured, connection, waiting));
              } else {
                opened(connected, connection, waiting);
              }
            });
  }

  private static Future<Channel> handshake(Channel channel) {
    return channel.pipeline().get(SslHandler.class).handshakeFuture();
  }

  private static void opened(Future<?> result, InstanceConnection connection, Waiting waiting) {
    if (result.isSuccess()) {
      waiting.onConnection(connection);
    } else {
      LOG.debugf("connection failed reason=\"%s\"", result.cause());
      waiting.onUnreachable();
    }
  }

  private Bootstrap bootstrap(Instance to, InstanceConnection connection, Duration timeout) {
    return new Bootstrap()
        .group(loop)
        .channel(channelType)
        .resolver(resolver)
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
                      .addLast(tls.newHandler(channel.alloc(), to), new InstanceTlsEnd());
                }
                channel.pipeline().addLast(new WholeChunks(DECODING, unfinished), connection);
              }
            });
  }

  private InstancePool pool(Instance instance) {
    return pools.computeIfAbsent(
        instance, i -> new InstancePool(i, settings.maxIdle(), System.nanoTime()));
  }

  /** Closes what has been idle for too long; to be called a few times a second. */
  public void expire(long nowNanos) {
    long maxIdleNanos = settings.idleTimeout().toNanos();
    pools.values().forEach(pool -> pool.expire(nowNanos, maxIdleNanos));
  }

  /** Hands on chunks whose rest does not come; to be called some times in 100 ms. */
  public void handOnUnfinished(long nowNanos) {
    unfinished.look(nowNanos);
  }

  /** Forgets instances that left the fleet. */
  public void retain(java.util.function.Predicate<Instance> present) {
    pools
        .values()
        .removeIf(
            pool -> {
              boolean gone = !present.test(pool.instance());
              if (gone) {
                pool.closeAll();
              }
              return gone;
            });
  }
}
