package io.sessionrouter.gateway;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.telemetry.RequestMeters;
import java.util.concurrent.TimeUnit;

/** A connection that gets one answer to its first request, always the same, and is closed. */
final class Refusal extends ChannelInboundHandlerAdapter {
  /** Who sends nothing gets nothing. */
  private static final long MAX_SECONDS = 5;

  private final RequestMeters meters;
  private final RouterException why;

  Refusal(RequestMeters meters, RouterException why) {
    this.meters = meters;
    this.why = why;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.executor().schedule(() -> ctx.close(), MAX_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
    if (message instanceof HttpRequest) {
      meters.refused(why.kind());
      FullHttpResponse response = Errors.response(why);
      response.headers().add(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
      ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }
  }
}
