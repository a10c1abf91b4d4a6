package io.sessionrouter.gateway;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.upstream.Outbound;
import java.util.concurrent.TimeUnit;

/** A connection that gets one answer to its first request, always the same, and is closed. */
final class Refusal extends ChannelInboundHandlerAdapter {
  /** Who sends nothing gets nothing. */
  private static final long MAX_SECONDS = 5;

  private final LoopDesk desk;
  private final RouterException why;

  Refusal(LoopDesk desk, RouterException why) {
    this.desk = desk;
    this.why = why;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.executor().schedule(() -> ctx.close(), MAX_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
    if (message instanceof HttpRequest head) {
      desk.services().meters().refused(why.kind());
      refuse(ctx, HttpMethod.HEAD.equals(head.method()));
    }
  }

  private void refuse(ChannelHandlerContext ctx, boolean toHead) {
    ErrorResponse response = new ErrorResponse(why, false);
    ResponseWriter writer = new ResponseWriter(new Outbound(ctx));
    writer.frame(response, toHead, false);
    writer.head(response, desk.newRequestId(), desk.date(), HttpHeaderValues.CLOSE);
    writer.body(response.body());
    writer.end();
    ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }
}
