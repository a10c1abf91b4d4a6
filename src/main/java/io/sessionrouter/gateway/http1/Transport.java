package io.sessionrouter.gateway.http1;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;

/** The kind of channels an event-loop group drives. */
record Transport(Class<? extends ServerChannel> server, Class<? extends Channel> client) {

  static Transport of(EventLoopGroup loops) {
    return loops instanceof EpollEventLoopGroup
        ? new Transport(EpollServerSocketChannel.class, EpollSocketChannel.class)
        : new Transport(NioServerSocketChannel.class, NioSocketChannel.class);
  }

  /**
   * Whether the end of the connection is a reset, whoever closes it: the kernel does so even for a
   * process that was killed.
   */
  static void resetOnClose(Channel channel, boolean reset) {
    channel.config().setOption(ChannelOption.SO_LINGER, reset ? 0 : -1);
  }

  /** Closes without a word, by TLS neither: whoever waits for more must not take it for the end. */
  static void breakOff(Channel channel) {
    ChannelHandlerContext tls = channel.pipeline().context(SslHandler.class);
    if (tls == null) {
      channel.close();
    } else {
      tls.close();
    }
  }

  /** Ends our direction of a connection only; over TLS the other side is notified first. */
  static void shutdownOutput(Channel channel) {
    DuplexChannel socket = (DuplexChannel) channel;
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      socket.shutdownOutput();
    } else {
      tls.closeOutbound().addListener(done -> socket.shutdownOutput());
    }
  }
}
