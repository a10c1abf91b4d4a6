package io.sessionrouter.upstream;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import javax.net.ssl.SSLException;

/**
 * The end of a TLS connection to an instance: a close that the instance did not announce is a
 * break, since anybody on the way could have cut off an answer that has no length.
 */
final class CloseNotifyCheck extends ChannelInboundHandlerAdapter {
  private boolean announced;

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslCloseCompletionEvent end && end.isSuccess()) {
      announced = true;
      ctx.close();
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!announced) {
      ctx.fireExceptionCaught(new SSLException("closed without close_notify"));
    }
    ctx.fireChannelInactive();
  }
}
