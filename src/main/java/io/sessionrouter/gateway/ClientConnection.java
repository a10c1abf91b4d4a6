package io.sessionrouter.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.gateway.ResponseWriter.Body;
import io.sessionrouter.upstream.Outbound;
import java.io.IOException;
import java.util.ArrayDeque;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection of a client: gives each request an {@link Exchange} of its own, one after
 * the other, and decides how the connection goes on.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter implements ClientStream {
  private static final Logger LOG = Logger.getLogger(ClientConnection.class);
  private static final long LINGER_NANOS = 2_000_000_000L;

  /** A rest of a body that is cheaper to read than a new connection. */
  private static final long SMALL_REST = 64 * 1024;

  private final LoopDesk desk;
  private final ArrayDeque<HttpObject> pipelined = new ArrayDeque<>(2);
  private @Nullable ChannelHandlerContext context;
  private @Nullable ResponseWriter writer;
  private @Nullable Exchange exchange;
  private @Nullable ClientConnection preceding;
  private @Nullable ClientConnection following;
  private AsciiString requestId = AsciiString.EMPTY_STRING;
  private Phase phase = Phase.NONE;
  private long deadline;
  private long bodyLeft;
  private boolean requestEnded = true;
  private boolean keepAlive;
  private boolean http10;
  private boolean toHead;
  private boolean awaitsContinue;
  private boolean bodyPaused;
  private boolean pumping;
  private boolean decoded;

  ClientConnection(LoopDesk desk) {
    this.desk = desk;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    context = ctx;
    writer = new ResponseWriter(new Outbound(ctx));
    desk.add(this);
    desk.services().meters().connectionOpened();
    await(Phase.IDLE, desk.http().idleTimeout().toNanos());
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    desk.remove(this);
    desk.services().meters().connectionClosed();
    writer().close();
    pipelined.forEach(ReferenceCountUtil::release);
    pipelined.clear();
    Exchange cut = exchange;
    exchange = null;
    if (cut != null) {
      cut.onClientGone();
    }
  }

  // Requests

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    decoded = true;
    HttpObject part = (HttpObject) message;
    if (phase == Phase.LINGER) {
      ReferenceCountUtil.release(part);
    } else if (!pipelined.isEmpty() || exchange != null && requestEnded) {
      pipelined.add(part);
      readMore();
    } else {
      take(part);
    }
  }

  private void take(HttpObject part) {
    if (part instanceof HttpRequest head) {
      RouterException fault = Framing.fault(head);
      if (fault == null) {
        begin(head);
      } else {
        malformed(part, fault);
      }
    } else if (part.decoderResult().isFailure()) {
      malformed(part, Framing.undecodable(part.decoderResult().cause()));
    } else {
      body((HttpContent) part);
    }
  }

  private void begin(HttpRequest head) {
    requestEnded = false;
    keepAlive = HttpUtil.isKeepAlive(head);
    http10 = head.protocolVersion().minorVersion() == 0;
    toHead = HttpMethod.HEAD.equals(head.method());
    awaitsContinue = HttpUtil.is100ContinueExpected(head);
    bodyLeft = HttpUtil.isTransferEncodingChunked(head) ? Long.MAX_VALUE : declaredLength(head);
    requestId = desk.newRequestId();
    Exchange begun;
    try {
      begun = new Exchange(this, desk, desk.services().admission().admit(head));
    } catch (RouterException refused) {
      refuse(refused);
      return;
    }
    exchange = begun;
    begun.begin();
  }

  private static long declaredLength(HttpRequest head) {
    return HttpUtil.getContentLength(head, 0L);
  }

  private void body(HttpContent content) {
    awaitsContinue = false;
    bodyLeft -= content.content().readableBytes();
    requestEnded = content instanceof LastHttpContent;
    Exchange present = exchange;
    if (present != null) {
      present.onBody(content.content(), requestEnded);
    } else {
      content.release();
      nextIfOver();
    }
  }

  /** After this nothing on the connection can be trusted. */
  private void malformed(HttpObject part, RouterException fault) {
    ReferenceCountUtil.release(part);
    requestEnded = false;
    keepAlive = false;
    fail(fault);
  }

  private void fail(RouterException failure) {
    Exchange present = exchange;
    if (present != null) {
      present.fail(failure);
    } else {
      requestId = desk.newRequestId();
      refuse(failure);
    }
  }

  /** A request that did not become an exchange. */
  private void refuse(RouterException failure) {
    desk.services().refused(failure, requestId);
    writeError(failure);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (phase == Phase.IDLE && !decoded) {
      await(Phase.HEAD, desk.http().headTimeout().toNanos());
    }
    decoded = false;
    Exchange present = exchange;
    if (present != null) {
      present.onClientReadComplete();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Exchange present = exchange;
    if (present != null && ctx.channel().isWritable()) {
      present.onClientWritable();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof IOException) {
      ctx.close();
      return;
    }
    LOG.error("A client connection failed", cause);
    keepAlive = false;
    fail(Errors.internal(cause));
    ctx.close();
  }

  // Responses

  @Override
  public void writeContinue() {
    if (awaitsContinue) {
      awaitsContinue = false;
      writer().writeContinue();
    }
  }

  @Override
  public void writeHead(ResponseHead head) {
    Body framing = writer().frame(head, toHead, http10);
    keepAlive &= framing != Body.UNTIL_CLOSE && !desk.leaving();
    keepAlive &= requestEnded || !awaitsContinue && bodyLeft <= SMALL_REST;
    AsciiString kept = http10 ? HttpHeaderValues.KEEP_ALIVE : null;
    writer().head(head, requestId, desk.date(), keepAlive ? kept : HttpHeaderValues.CLOSE);
  }

  @Override
  public void writeBody(ByteBuf data) {
    writer().body(data);
  }

  @Override
  public void end() {
    writer().end();
    responded();
  }

  @Override
  public void writeError(RouterException failure) {
    ErrorResponse response = new ErrorResponse(failure);
    writeHead(response);
    writeBody(response.body());
    end();
  }

  /** The response is written; the request may not have ended. */
  private void responded() {
    exchange = null;
    resumeBody();
    if (keepAlive) {
      nextIfOver();
    } else if (requestEnded) {
      context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    } else {
      linger();
    }
  }

  /**
   * Ends our direction only: closing both while the client still sends would reset the connection,
   * and it might never read the response.
   */
  private void linger() {
    await(Phase.LINGER, LINGER_NANOS);
    context()
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(written -> Transport.shutdownOutput(context().channel()));
  }

  private void nextIfOver() {
    if (requestEnded) {
      await(Phase.IDLE, desk.http().idleTimeout().toNanos());
      pump();
    } else {
      await(Phase.BODY, desk.http().bodyTimeout().toNanos());
    }
  }

  /** Goes on with what the client sent before it had its answer; never deeper than once. */
  private void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    while (!pipelined.isEmpty() && !(exchange != null && requestEnded)) {
      take(pipelined.poll());
    }
    pumping = false;
    if (exchange != null) {
      exchange.onClientReadComplete();
    }
    readMore();
  }

  @Override
  public void abort() {
    exchange = null;
    context().close();
  }

  @Override
  public void flush() {
    writer().flush();
  }

  @Override
  public boolean writable() {
    return context().channel().isWritable();
  }

  @Override
  public void pauseBody() {
    bodyPaused = true;
    readMore();
  }

  @Override
  public void resumeBody() {
    if (bodyPaused) {
      bodyPaused = false;
      readMore();
    }
  }

  private void readMore() {
    context().channel().config().setAutoRead(!bodyPaused && pipelined.isEmpty());
  }

  // Time

  @Override
  public void await(Phase next, long nanos) {
    phase = next;
    deadline = desk.deadline(nanos);
  }

  void tick(long now) {
    if (phase != Phase.NONE && now - deadline >= 0) {
      late();
    } else if (phase == Phase.IDLE && desk.dismisses(deadline)) {
      close();
    }
  }

  private void late() {
    Exchange present = exchange;
    if (present != null) {
      present.onLate(phase);
    } else if (phase == Phase.HEAD) {
      keepAlive = false;
      fail(tooSlow("head", desk.http().headTimeout()));
    } else {
      context().close();
    }
  }

  static RouterException tooSlow(String what, java.time.Duration limit) {
    return new RouterException(
        FailureKind.CLIENT_TOO_SLOW,
        "The request's " + what + " did not arrive in time (limit: " + limit.toSeconds() + " s).");
  }

  // Plain facts

  @Override
  public EventLoop loop() {
    return context().channel().eventLoop();
  }

  @Override
  public CharSequence requestId() {
    return requestId;
  }

  void close() {
    context().close();
  }

  /** Ends the request under way, if there is one, and the connection with it. */
  void cut(RouterException why) {
    Exchange present = exchange;
    keepAlive = false;
    if (present != null) {
      present.fail(why);
    } else if (phase != Phase.LINGER) {
      close();
    }
  }

  @Nullable ClientConnection preceding() {
    return preceding;
  }

  @Nullable ClientConnection following() {
    return following;
  }

  void link(@Nullable ClientConnection before, @Nullable ClientConnection after) {
    preceding = before;
    following = after;
  }

  private ResponseWriter writer() {
    ResponseWriter present = writer;
    if (present == null) {
      throw new IllegalStateException("used before the connection was open");
    }
    return present;
  }

  private ChannelHandlerContext context() {
    ChannelHandlerContext present = context;
    if (present == null) {
      throw new IllegalStateException("used before the connection was open");
    }
    return present;
  }
}
