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
import java.util.List;
import org.jboss.logging.Logger;

/** Opens the connections of one event loop to instances: address, connect, handshake. */
final class Dialer {
  private static final Logger LOG = Logger.getLogger(Dialer.class);
  private static final HttpDecoderConfig DECODING =
      new HttpDecoderConfig()
          .setMaxInitialLineLength(4096)
          .setMaxHeaderSize(32 * 1024)
          .setMaxChunkSize(64 * 1024);

  private final EventLoop loop;
  private final Class<? extends Channel> channelType;
  private final InstanceAddresses addresses;
  private final InstanceTls tls;
  private final ChunkDeadlines unfinished;

  /**
   * @param resolver one that does not block, since host names are looked up on the event loop
   * @param unfinished watches the chunks that the connections receive
   */
  Dialer(
      EventLoop loop,
      Class<? extends Channel> channelType,
      AddressResolverGroup<?> resolver,
      InstanceTls tls,
      ChunkDeadlines unfinished) {
    this.loop = loop;
    this.channelType = channelType;
    this.addresses = new InstanceAddresses(resolver);
    this.tls = tls;
    this.unfinished = unfinished;
  }

  /** Begins a connect; its handler and the pool's queue learn how it ended. */
  void dial(InstancePool pool, Connect connect) {
    new Dial(pool, connect).begin();
  }

  /** One connect that is under way; its methods are in the order of its steps. */
  private final class Dial {
    private final InstancePool pool;
    private final Instance to;
    private final Connect connect;

    private Dial(InstancePool pool, Connect connect) {
      this.pool = pool;
      this.to = pool.instance();
      this.connect = connect;
    }

    private void begin() {
      InetSocketAddress address = pool.address();
      if (address != null) {
        open(address).addListener((ChannelFuture connected) -> connected(connected));
      } else {
        addresses
            .find(loop, to.host(), to.port())
            .addListener((Future<List<InetSocketAddress>> found) -> found(found));
      }
    }

    private void found(Future<List<InetSocketAddress>> found) {
      if (!found.isSuccess()) {
        failed(found.cause(), ConnectFailure.NO_WAY);
        return;
      }
      List<InetSocketAddress> all = pool.lastGoodFirst(found.getNow());
      long millis = connect.timeout().toMillis();
      new ConnectAttempt(loop, all, millis, this::open)
          .begin(millis)
          .addListener((Future<Channel> reached) -> reached(reached));
    }

    private ChannelFuture open(InetSocketAddress address) {
      int millis = Math.toIntExact(connect.timeout().toMillis());
      return bootstrap(to, pool.newConnection(), millis).connect(address);
    }

    private void reached(Future<Channel> reached) {
      if (reached.isSuccess()) {
        Channel channel = reached.getNow();
        pool.reachedAt((InetSocketAddress) channel.remoteAddress());
        connected(channel.newSucceededFuture());
      } else {
        failed(reached.cause(), ConnectFailure.of(reached.cause()));
      }
    }

    private void connected(ChannelFuture connected) {
      Channel channel = connected.channel();
      if (!connected.isSuccess()) {
        failed(connected.cause(), ConnectFailure.of(connected.cause()));
      } else if (to.tls()) {
        Future<Channel> handshake = channel.pipeline().get(SslHandler.class).handshakeFuture();
        handshake.addListener(secured -> secured(secured, channel));
      } else {
        opened(channel);
      }
    }

    private void secured(Future<?> handshake, Channel channel) {
      if (handshake.isSuccess()) {
        opened(channel);
      } else {
        failed(handshake.cause(), ConnectFailure.INSECURE);
      }
    }

    private void opened(Channel channel) {
      pool.connects().ended();
      connect.handler().onConnection(channel.pipeline().get(InstanceConnection.class));
    }

    private void failed(Throwable cause, ConnectFailure why) {
      LOG.debugf("connection failed reason=\"%s\"", cause);
      pool.connects().ended();
      connect.handler().onUnreachable(why);
    }
  }

  private Bootstrap bootstrap(Instance to, InstanceConnection connection, int timeoutMillis) {
    return new Bootstrap()
        .group(loop)
        .channel(channelType)
        .disableResolver()
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.AUTO_CLOSE, false) // a failed write leaves what came to be read
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, timeoutMillis)
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
}
