package io.sessionrouter.gateway.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.Future;
import io.sessionrouter.container.HttpOutput;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.gateway.ClientStream;
import io.sessionrouter.gateway.Deadline;
import io.sessionrouter.gateway.ErrorResponse;
import io.sessionrouter.gateway.EventLoopContext;
import io.sessionrouter.gateway.ResponseHead;
import io.sessionrouter.gateway.http1.ResponseWriter.Body;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** The client's side of the exchanges on one HTTP/1.1 connection, which follow one another. */
final class Http1Stream implements ClientStream {
  /** So long a client that was answered early may be silent before its connection is closed. */
  private static final long LINGER_NANOS = 2_000_000_000L;

  /** A slow upload does not end sooner, and its client reads the answer afterwards only. */
  private static final long LONGEST_LINGER_NANOS = 30_000_000_000L;

  private final EventLoopContext loopContext;
  private final Channel channel;
  private final RequestFraming request;
  private final PipelinedRequests received;
  private final ConnectionMemory memory;
  private final Deadline deadline;
  private final Listener listener;
  private @Nullable ResponseWriter writer;
  private @Nullable X500Principal subject;
  private long lingerUntil;
  private AsciiString requestId = AsciiString.EMPTY_STRING;

  /** Whose connection it is. */
  interface Listener {

    /** A response is complete; its request may not be. */
    void onResponded();

    /** A response will never be complete: the connection ends with it. */
    void onAborted();

    /** Counts anew what is held for the client. */
    void count();
  }

  /**
   * @param request the one that is being read
   */
  Http1Stream(
      EventLoopContext loopContext,
      Channel channel,
      RequestFraming request,
      PipelinedRequests received,
      ConnectionMemory memory,
      Deadline deadline,
      Listener listener) {
    this.loopContext = loopContext;
    this.channel = channel;
    this.request = request;
    this.received = received;
    this.memory = memory;
    this.deadline = deadline;
    this.listener = listener;
  }

  /** The connection is open. */
  void open(ChannelHandlerContext context) {
    writer = new ResponseWriter(new HttpOutput(context));
    SslHandler secure = context.pipeline().get(SslHandler.class);
    subject = secure == null ? null : subject(secure.engine().getSession());
  }

  private static @Nullable X500Principal subject(SSLSession session) {
    try {
      return session.getPeerPrincipal() instanceof X500Principal shown ? shown : null;
    } catch (SSLPeerUnverifiedException none) {
      return null;
    }
  }

  @Override
  public @Nullable X500Principal subject() {
    return subject;
  }

  boolean isOpen() {
    return writer != null;
  }

  /** The next request's response begins. */
  void begin() {
    requestId = loopContext.newRequestId();
  }

  @Override
  public void writeContinue() {
    if (request.takeContinue()) {
      writer().writeContinue();
    }
  }

  @Override
  public void writeHead(ResponseHead head) {
    Body body = writer().frame(head, request.toHead(), request.http10());
    if (body == Body.UNTIL_CLOSE || loopContext.leaving() || !request.worthReading()) {
      request.beLast();
    }
    if (body == Body.UNTIL_CLOSE) {
      Transport.resetOnClose(channel, true);
    }
    writer().head(head, requestId, loopContext.date(), request.connection());
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
    listener.onResponded();
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
    ErrorResponse response =
        new ErrorResponse(failure, request.retriesInStandardMode(), request.isOpenAi());
    writeHead(response);
    writeBody(response.body());
    end();
  }

  @Override
  public void flush() {
    writer().flush();
    if (memory.pending() == 0) {
      progressed();
    }
    listener.count();
  }

  @Override
  public boolean writable() {
    return channel.isWritable();
  }

  @Override
  public void pauseBody() {
    received.pause();
  }

  @Override
  public void resumeBody() {
    received.resume();
  }

  @Override
  public void progressed() {
    memory.progressed(loopContext.now());
  }

  @Override
  public void abort() {
    listener.onAborted();
  }

  @Override
  public void await(Phase next, long nanos) {
    deadline.set(next, loopContext.deadline(nanos));
  }

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

  /** Closes the connection when all of the response is sent. */
  void closeWhenSent() {
    channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  /**
   * Ends our direction only: closing both while the client still sends would reset the connection,
   * and it might never read the response.
   */
  void linger() {
    lingerUntil = System.nanoTime() + LONGEST_LINGER_NANOS;
    await(Phase.LINGER, LINGER_NANOS);
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(written -> Transport.shutdownOutput(channel));
  }

  /** The client still sends what nobody takes. */
  void lingerOn() {
    await(Phase.LINGER, Math.min(LINGER_NANOS, lingerUntil - System.nanoTime()));
  }

  /** Closes the connection. A response that ends with it must not look whole if it is not. */
  void close() {
    if (writer != null && writer.endsByClose()) {
      Transport.breakOff(channel);
    } else {
      channel.close();
    }
  }

  /** The connection is closed. */
  void closed() {
    writer().close();
  }

  private ResponseWriter writer() {
    ResponseWriter present = writer;
    if (present == null) {
      throw new IllegalStateException("used before the connection was open");
    }
    return present;
  }
}
