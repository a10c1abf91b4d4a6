package io.sessionrouter.gateway;

import io.netty.channel.Channel;
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

  /** Ends our direction of a connection only; over TLS the other side is told so first. */
  static void shutdownOutput(Channel channel) {
    DuplexChannel socket = (DuplexChannel) channel;
    SslHandler tls = channel.pipeline().get(SslHandler.class);
    if (tls == null) {
      socket.shutdownOutput();
    } else {
      tls.closeOutbound().addListener(told -> socket.shutdownOutput());
    }
  }
}
