package io.sessionrouter.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.gateway.ResponseWriter.Body;
import io.sessionrouter.upstream.Outbound;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection of a client: gives each request an {@link Exchange} of its own, one after
 * the other, and decides how the connection goes on.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter implements ClientStream {
  private static final Logger LOG = Logger.getLogger(ClientConnection.class);

  /** So long a client that was answered early may be silent before its connection is closed. */
  private static final long LINGER_NANOS = 2_000_000_000L;

  /** A slow upload does not end sooner, and its client reads the answer afterwards only. */
  private static final long LONGEST_LINGER_NANOS = 30_000_000_000L;

  private final LoopDesk desk;
  private final Channel channel;
  private final Inbox inbox;
  private final Incoming incoming = new Incoming();
  private @Nullable ResponseWriter writer;
  private @Nullable Exchange exchange;
  private @Nullable ClientConnection preceding;
  private @Nullable ClientConnection following;
  private AsciiString requestId = AsciiString.EMPTY_STRING;
  private Phase phase = Phase.NONE;
  private long deadline;
  private long lingerUntil;
  private boolean pumping;
  private boolean decoded;

  ClientConnection(LoopDesk desk, Channel channel) {
    this.desk = desk;
    this.channel = channel;
    this.inbox = new Inbox(channel.config());
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
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
    inbox.discard();
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
      await(Phase.LINGER, Math.min(LINGER_NANOS, lingerUntil - System.nanoTime()));
    } else if (busy() || !inbox.isEmpty()) {
      inbox.add(part);
    } else {
      take(part);
    }
  }

  /** One request is served at a time. */
  private boolean busy() {
    return exchange != null && incoming.ended();
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
    incoming.begin(head);
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

  private void body(HttpContent content) {
    incoming.body(content);
    Exchange present = exchange;
    if (present != null) {
      present.onBody(content.content(), incoming.ended());
    } else {
      content.release();
      nextIfOver();
    }
  }

  /** After this nothing on the connection can be trusted. */
  private void malformed(HttpObject part, RouterException fault) {
    ReferenceCountUtil.release(part);
    incoming.malformed();
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
    if (present != null && channel.isWritable()) {
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
    incoming.beLast();
    fail(Errors.internal(cause));
    ctx.close();
  }

  // Responses

  @Override
  public void writeContinue() {
    if (incoming.takeContinue()) {
      writer().writeContinue();
    }
  }

  @Override
  public void writeHead(ResponseHead head) {
    Body framing = writer().frame(head, incoming.toHead(), incoming.http10());
    if (framing == Body.UNTIL_CLOSE || desk.leaving() || !incoming.worthReading()) {
      incoming.beLast();
    }
    writer().head(head, requestId, desk.date(), incoming.connection());
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
    ErrorResponse response = new ErrorResponse(failure, incoming.retriesInStandardMode());
    writeHead(response);
    writeBody(response.body());
    end();
  }

  /** The response is written; the request may not have ended. */
  private void responded() {
    exchange = null;
    incoming.answered();
    inbox.resume();
    if (incoming.keepAlive()) {
      nextIfOver();
    } else if (incoming.ended()) {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    } else {
      linger();
    }
  }

  /**
   * Ends our direction only: closing both while the client still sends would reset the connection,
   * and it might never read the response.
   */
  private void linger() {
    lingerUntil = System.nanoTime() + LONGEST_LINGER_NANOS;
    await(Phase.LINGER, LINGER_NANOS);
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(written -> Transport.shutdownOutput(channel));
  }

  private void nextIfOver() {
    if (incoming.ended()) {
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
    HttpObject part = busy() ? null : inbox.poll();
    while (part != null) {
      take(part);
      part = busy() ? null : inbox.poll();
    }
    pumping = false;
    if (exchange != null) {
      exchange.onClientReadComplete();
    }
    inbox.emptied();
  }

  @Override
  public void abort() {
    exchange = null;
    channel.close();
  }

  @Override
  public void flush() {
    writer().flush();
  }

  @Override
  public boolean writable() {
    return channel.isWritable();
  }

  @Override
  public void pauseBody() {
    inbox.pause();
  }

  @Override
  public void resumeBody() {
    inbox.resume();
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
    } else if (phase == Phase.IDLE && desk.dismisses(deadline) && allSent()) {
      close();
    }
  }

  /** Whether the kernel has all of the last response; a slow reader may be behind. */
  private boolean allSent() {
    ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
    return pending == null || pending.isEmpty();
  }

  private void late() {
    Exchange present = exchange;
    if (present != null) {
      present.onLate(phase);
    } else if (phase == Phase.HEAD) {
      incoming.beLast();
      fail(Errors.tooSlow("head", desk.http().headTimeout()));
    } else {
      channel.close();
    }
  }

  // Plain facts

  @Override
  public EventLoop loop() {
    return channel.eventLoop();
  }

  @Override
  public long origin() {
    return channel.remoteAddress() instanceof InetSocketAddress client
        ? client.getAddress().hashCode()
        : 0;
  }

  @Override
  public CharSequence requestId() {
    return requestId;
  }

  void close() {
    channel.close();
  }

  /** Ends the request under way, if there is one, and the connection with it. */
  void cut(RouterException why) {
    Exchange present = exchange;
    incoming.beLast();
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
}
