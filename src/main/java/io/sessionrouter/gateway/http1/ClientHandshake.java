package io.sessionrouter.gateway.http1;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.sessionrouter.telemetry.RequestMeters;
import java.nio.channels.ClosedChannelException;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jboss.logging.Logger;

/**
 * The door between TLS and HTTP on a client's connection: HTTP begins when the handshake has
 * succeeded, and ends when the client says that it has.
 */
final class ClientHandshake extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = Logger.getLogger(ClientHandshake.class);

  private final RequestMeters meters;
  private final Consumer<ChannelPipeline> speakHttp;
  private boolean open;
  private boolean justOpened;

  /**
   * @param speakHttp adds the handlers that the opened connection needs
   */
  ClientHandshake(RequestMeters meters, Consumer<ChannelPipeline> speakHttp) {
    this.meters = meters;
    this.speakHttp = speakHttp;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        open = true;
        justOpened = true;
        speakHttp.accept(ctx.pipeline());
        ctx.fireChannelActive();
      } else {
        failed(ctx, handshake.cause());
      }
    } else if (event instanceof SslCloseCompletionEvent end && end.isSuccess()) {
      ctx.close();
    }
  }

  /** Who only looked whether the port is open did nothing wrong. */
  private void failed(ChannelHandlerContext ctx, Throwable why) {
    LOG.debugf("TLS handshake failed client=%s reason=\"%s\"", ctx.channel().remoteAddress(), why);
    if (!(why instanceof ClosedChannelException)) {
      meters.handshakeFailed();
    }
    ctx.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    justOpened = false;
    ctx.fireChannelRead(message);
  }

  /** A network read that brought the handshake's end only is not the begin of a request. */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (justOpened) {
      justOpened = false;
    } else {
      ctx.fireChannelReadComplete();
    }
  }

  /** What breaks the encryption breaks the connection, as if the network had. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    boolean tls = cause instanceof DecoderException && cause.getCause() instanceof SSLException;
    if (open) {
      ctx.fireExceptionCaught(tls ? cause.getCause() : cause);
    } else {
      LOG.debugf("TLS handshake broken reason=\"%s\"", cause);
      ctx.close();
    }
  }
}
