package io.sessionrouter.gateway.http1;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.gateway.ClientStream.Phase;
import io.sessionrouter.gateway.Deadline;
import io.sessionrouter.gateway.Errors;
import io.sessionrouter.gateway.EventLoopContext;
import io.sessionrouter.gateway.Exchange;
import io.sessionrouter.gateway.Holding;
import io.sessionrouter.gateway.RequestPath;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 connection of a client: gives each request an {@link Exchange} of its own, one after
 * the other, and decides how the connection goes on.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter
    implements Http1Stream.Listener, RequestReader.Listener, Holding.Owner, Deadline.Owner {
  private static final Logger LOG = Logger.getLogger(ClientConnection.class);

  /** How long a connection that is refused may take to send its request. */
  private static final Duration REJECTED_LINGER = Duration.ofSeconds(5);

  private final RequestPath path;
  private final EventLoopContext loopContext;
  private final Channel channel;
  private final PipelinedRequests received;
  private final RequestReader reader;
  private final RequestFraming request = new RequestFraming();
  private final Http1Stream stream;
  private final ConnectionMemory memory;
  private final @Nullable RouterException refusal;
  private final Deadline deadline = new Deadline(this);
  private @Nullable Exchange exchange;
  private boolean dropped;

  /**
   * @param heads shared by the connections of one event loop
   * @param holding is its own from now on
   * @param refusal of every request, null if it may have some answered
   */
  ClientConnection(
      RequestPath path,
      EventLoopContext loopContext,
      HeadParser heads,
      Channel channel,
      Holding holding,
      @Nullable RouterException refusal) {
    this.path = path;
    this.loopContext = loopContext;
    this.channel = channel;
    this.refusal = refusal;
    this.received = new PipelinedRequests(channel.config());
    this.reader = new RequestReader(received, new RequestDecoder(heads), this);
    this.memory = new ConnectionMemory(channel, holding);
    this.stream = new Http1Stream(loopContext, channel, request, received, memory, deadline, this);
    holding.passTo(this);
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    stream.open(ctx);
    loopContext.add(deadline);
    path.meters().connectionOpened();
    awaitNext();
  }

  private void awaitNext() {
    Duration patience = refusal == null ? loopContext.http().idleTimeout() : REJECTED_LINGER;
    stream.await(Phase.IDLE, patience.toNanos());
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!stream.isOpen()) {
      return;
    }
    loopContext.remove(deadline);
    path.meters().connectionClosed();
    stream.closed();
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
        stream.lingerOn();
      }
      return;
    }
    reader.add((ByteBuf) message);
    count();
    loopContext.memory().makeRoom();
  }

  @Override
  public void onRest() {
    if (deadline.phase() == Phase.IDLE) {
      stream.await(Phase.HEAD, loopContext.http().headTimeout().toNanos());
    }
  }

  @Override
  public boolean closing() {
    boolean wasLast = exchange == null && request.ended() && !request.keepAlive();
    return wasLast || dropped || deadline.phase() == Phase.LINGER;
  }

  @Override
  public boolean serves() {
    return exchange != null && request.ended();
  }

  @Override
  public void onHead(HttpRequest head, int length, int lines) {
    stream.progressed();
    memory.requestBegan(length, lines);
    request.begin(head);
    stream.begin();
    Exchange begun;
    try {
      requireRoom();
      begun = path.admit(head, stream, loopContext);
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
      request.beLast();
      throw why;
    }
  }

  @Override
  public void onBody(ByteBuf data, boolean last) {
    request.body(data, last);
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
    request.malformed();
    fail(fault);
  }

  private void fail(RouterException failure) {
    Exchange present = exchange;
    if (present != null) {
      present.fail(failure);
    } else {
      stream.begin();
      refuse(failure);
    }
  }

  /** A request that did not become an exchange. */
  private void refuse(RouterException failure) {
    path.refused(failure, stream.requestId());
    stream.writeError(failure);
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
      stream.progressed();
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
    request.beLast();
    fail(Errors.internal(cause));
    close();
  }

  // Responses

  @Override
  public void onResponded() {
    exchange = null;
    memory.requestEnded();
    stream.progressed();
    request.answered();
    received.resume();
    if (request.keepAlive()) {
      nextIfOver();
    } else if (request.ended()) {
      stream.closeWhenSent();
    } else {
      stream.linger();
    }
  }

  private void nextIfOver() {
    if (request.ended()) {
      awaitNext();
      readOn();
    } else {
      stream.await(Phase.BODY, loopContext.http().bodyTimeout().toNanos());
    }
  }

  /** Goes on with what the client sent before it had its answer. */
  private void readOn() {
    reader.read();
    Exchange present = exchange;
    if (present != null && !reader.reading()) {
      present.onClientReadComplete();
    }
  }

  @Override
  public void onAborted() {
    exchange = null;
    close();
  }

  // Memory

  @Override
  public void count() {
    memory.count(received.cost(), exchange);
  }

  @Override
  public boolean busy() {
    return exchange != null;
  }

  @Override
  public void evict() {
    path.meters().evicted(deadline.phase().name().toLowerCase(Locale.ROOT));
    failExchange(Errors.noRoom());
    drop();
    close();
  }

  /** Nobody takes what lies here, nor what may still come. */
  private void drop() {
    dropped = true;
    reader.drop();
    memory.close();
  }

  // Time

  @Override
  public void onTick() {
    count();
    if (deadline.phase() == Phase.IDLE
        && loopContext.dismisses(deadline.nanos())
        && memory.allSent()) {
      close();
    }
  }

  @Override
  public void onLate(Phase phase) {
    Exchange present = exchange;
    if (present != null) {
      present.onLate(phase);
    } else if (phase == Phase.HEAD) {
      request.beLast();
      fail(Errors.tooSlow("head", loopContext.http().headTimeout()));
    } else {
      close();
    }
  }

  @Override
  public void close() {
    stream.close();
  }

  @Override
  public void cut(RouterException why) {
    if (!failExchange(why) && deadline.phase() != Phase.LINGER) {
      close();
    }
  }

  /**
   * Ends the request under way, and lets no other follow it.
   *
   * @return whether there is one
   */
  private boolean failExchange(RouterException why) {
    Exchange present = exchange;
    request.beLast();
    if (present != null) {
      present.fail(why);
    }
    return present != null;
  }
}
