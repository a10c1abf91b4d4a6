package io.sessionrouter.gateway.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.sessionrouter.container.HttpOutput;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.gateway.ClientStream;
import io.sessionrouter.gateway.Deadline;
import io.sessionrouter.gateway.ErrorResponse;
import io.sessionrouter.gateway.Errors;
import io.sessionrouter.gateway.EventLoopContext;
import io.sessionrouter.gateway.Exchange;
import io.sessionrouter.gateway.Holding;
import io.sessionrouter.gateway.ResponseHead;
import io.sessionrouter.gateway.http1.ResponseWriter.Body;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection of a client: gives each request an {@link Exchange} of its own, one after
 * the other, and decides how the connection goes on.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter
    implements ClientStream, RequestDecoder.Sink, Holding.Owner, Deadline.Owner {
  private static final Logger LOG = Logger.getLogger(ClientConnection.class);

  /** So long a client that was answered early may be silent before its connection is closed. */
  private static final long LINGER_NANOS = 2_000_000_000L;

  /** A slow upload does not end sooner, and its client reads the answer afterwards only. */
  private static final long LONGEST_LINGER_NANOS = 30_000_000_000L;

  /** How long a connection that is refused may take to send its request. */
  private static final Duration REJECTED_LINGER = Duration.ofSeconds(5);

  /** What a request under way costs: its exchange, its connection to an instance, each line. */
  private static final int REQUEST_COST = 8 * 1024;

  private static final int LINE_COST = 160;

  private final EventLoopContext loopContext;
  private final Channel channel;
  private final PipelinedRequests inbox;
  private final RequestDecoder decoder;
  private final Holding holding;
  private final long ownCost;
  private final @Nullable RouterException refusal;
  private final Deadline deadline = new Deadline(this);
  private final RequestFraming incoming = new RequestFraming();
  private @Nullable ResponseWriter writer;
  private @Nullable Exchange exchange;
  private AsciiString requestId = AsciiString.EMPTY_STRING;
  private long requestCost;
  private long lingerUntil;
  private boolean pumping;
  private boolean dropped;

  /**
   * @param heads shared by the connections of one event loop
   * @param holding is its own from now on
   * @param refusal of every request, null if it may have some answered
   */
  ClientConnection(
      EventLoopContext loopContext,
      HeadParser heads,
      Channel channel,
      Holding holding,
      @Nullable RouterException refusal) {
    this.loopContext = loopContext;
    this.channel = channel;
    this.holding = holding;
    this.ownCost = holding.bytes();
    this.refusal = refusal;
    this.inbox = new PipelinedRequests(channel.config());
    this.decoder = new RequestDecoder(heads);
    holding.passTo(this);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    writer = new ResponseWriter(new HttpOutput(ctx));
    loopContext.add(deadline);
    loopContext.services().meters().connectionOpened();
    awaitNext();
  }

  private void awaitNext() {
    Duration patience = refusal == null ? loopContext.http().idleTimeout() : REJECTED_LINGER;
    await(Phase.IDLE, patience.toNanos());
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (writer == null) {
      return;
    }
    loopContext.remove(deadline);
    loopContext.services().meters().connectionClosed();
    writer().close();
    drop();
    Exchange cut = exchange;
    exchange = null;
    if (cut != null) {
      cut.onClientGone();
    }
  }

  // Requests

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (closing()) {
      ReferenceCountUtil.release(message);
      if (deadline.phase() == Phase.LINGER) {
        await(Phase.LINGER, Math.min(LINGER_NANOS, lingerUntil - System.nanoTime()));
      }
      return;
    }
    inbox.add((ByteBuf) message);
    pump();
    settle();
    loopContext.memory().makeRoom();
  }

  /** Takes what the client sent, as far as it is its turn; never deeper than once. */
  private void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    ByteBuf bytes = waits() ? null : inbox.bytes();
    while (bytes != null && decoder.step(bytes, this)) {
      bytes = waits() ? null : inbox.bytes();
    }
    pumping = false;
    pumped();
  }

  private void pumped() {
    if (closing()) {
      inbox.discard();
      return;
    }
    inbox.taken(served());
    if (deadline.phase() == Phase.IDLE && inbox.bytes() != null) {
      await(Phase.HEAD, loopContext.http().headTimeout().toNanos());
    }
  }

  /** Whether what comes next is not to be taken now. */
  private boolean waits() {
    return served() || closing();
  }

  /** Whether nothing is taken any more. */
  private boolean closing() {
    boolean wasLast = exchange == null && incoming.ended() && !incoming.keepAlive();
    return wasLast || dropped || deadline.phase() == Phase.LINGER;
  }

  /** One request is served at a time, and the next not looked at before. */
  private boolean served() {
    return exchange != null && incoming.ended();
  }

  @Override
  public void onHead(HttpRequest head, int length, int lines) {
    progressed();
    requestCost = REQUEST_COST + 2L * length + (long) LINE_COST * lines;
    begin(head);
  }

  private void begin(HttpRequest head) {
    incoming.begin(head);
    requestId = loopContext.newRequestId();
    Exchange begun;
    try {
      requireRoom();
      begun = new Exchange(this, loopContext, loopContext.services().admission().admit(head));
    } catch (RouterException refused) {
      refuse(refused);
      return;
    }
    exchange = begun;
    begun.run();
  }

  /** Requests beyond what may be held are the last of their connection. */
  private void requireRoom() {
    RouterException why = loopContext.memory().full() ? Errors.noRoom() : refusal;
    if (why != null) {
      incoming.beLast();
      throw why;
    }
  }

  @Override
  public void onBody(ByteBuf data, boolean last) {
    incoming.body(data, last);
    Exchange present = exchange;
    if (present != null) {
      present.onBody(data, last);
    } else {
      data.release();
      nextIfOver();
    }
  }

  @Override
  public void onMalformed(RouterException fault) {
    incoming.malformed();
    fail(fault);
  }

  private void fail(RouterException failure) {
    Exchange present = exchange;
    if (present != null) {
      present.fail(failure);
    } else {
      requestId = loopContext.newRequestId();
      refuse(failure);
    }
  }

  /** A request that did not become an exchange. */
  private void refuse(RouterException failure) {
    loopContext.services().refused(failure, requestId);
    writeError(failure);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    Exchange present = exchange;
    if (present != null) {
      present.onClientReadComplete();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Exchange present = exchange;
    if (channel.isWritable()) {
      holding.progressed(loopContext.now());
    }
    if (present != null && channel.isWritable()) {
      present.onClientWritable();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof IOException) {
      close();
      return;
    }
    LOG.error("A client connection failed", cause);
    incoming.beLast();
    fail(Errors.internal(cause));
    close();
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
    if (framing == Body.UNTIL_CLOSE || loopContext.leaving() || !incoming.worthReading()) {
      incoming.beLast();
    }
    if (framing == Body.UNTIL_CLOSE) {
      Transport.resetOnClose(channel, true);
    }
    writer().head(head, requestId, loopContext.date(), incoming.connection());
  }

  @Override
  public void writeBody(ByteBuf data) {
    writer().body(data);
  }

  @Override
  public void end() {
    writer().end();
    if (writer().endsByClose()) {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(this::whole);
    }
    responded();
  }

  /** The kernel has all of a response that ends with the connection: now it may end. */
  private void whole(Future<?> written) {
    if (written.isSuccess()) {
      Transport.resetOnClose(channel, false);
      writer().closeIsItsEnd();
    }
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
    requestCost = 0;
    holding.progressed(loopContext.now());
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
      awaitNext();
      resumePump();
    } else {
      await(Phase.BODY, loopContext.http().bodyTimeout().toNanos());
    }
  }

  /** Goes on with what the client sent before it had its answer. */
  private void resumePump() {
    pump();
    Exchange present = exchange;
    if (present != null && !pumping) {
      present.onClientReadComplete();
    }
  }

  @Override
  public void abort() {
    exchange = null;
    close();
  }

  @Override
  public void flush() {
    writer().flush();
    if (pending() == 0) {
      progressed();
    }
    settle();
  }

  // Memory

  /** Counts what the client makes the router hold by now. */
  private void settle() {
    Exchange present = exchange;
    long cost = ownCost + requestCost + inbox.cost() + pending();
    holding.set(present == null ? cost : cost + present.cost());
  }

  /** What the client does not read, in bytes. */
  private long pending() {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
  }

  @Override
  public void progressed() {
    holding.progressed(loopContext.now());
  }

  @Override
  public boolean busy() {
    return exchange != null;
  }

  @Override
  public void evict() {
    loopContext.services().meters().evicted(deadline.phase().name().toLowerCase(Locale.ROOT));
    Exchange present = exchange;
    incoming.beLast();
    if (present != null) {
      present.fail(Errors.noRoom());
    }
    drop();
    close();
  }

  /** Nobody takes what lies here, nor what may still come. */
  private void drop() {
    dropped = true;
    if (!pumping) {
      inbox.discard();
    }
    requestCost = 0;
    holding.close();
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
    deadline.set(next, loopContext.deadline(nanos));
  }

  @Override
  public void onTick() {
    settle();
    if (deadline.phase() == Phase.IDLE && loopContext.dismisses(deadline.nanos()) && allSent()) {
      close();
    }
  }

  /** Whether the kernel has all of the last response; a slow reader may be behind. */
  private boolean allSent() {
    ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
    return pending == null || pending.isEmpty();
  }

  @Override
  public void onLate(Phase phase) {
    Exchange present = exchange;
    if (present != null) {
      present.onLate(phase);
    } else if (phase == Phase.HEAD) {
      incoming.beLast();
      fail(Errors.tooSlow("head", loopContext.http().headTimeout()));
    } else {
      close();
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

  /** An answer that ends with the connection must not look whole if it is not. */
  @Override
  public void close() {
    if (writer != null && writer.endsByClose()) {
      Transport.breakOff(channel);
    } else {
      channel.close();
    }
  }

  @Override
  public void cut(RouterException why) {
    Exchange present = exchange;
    incoming.beLast();
    if (present != null) {
      present.fail(why);
    } else if (deadline.phase() != Phase.LINGER) {
      close();
    }
  }

  private ResponseWriter writer() {
    ResponseWriter present = writer;
    if (present == null) {
      throw new IllegalStateException("used before the connection was open");
    }
    return present;
  }
}
