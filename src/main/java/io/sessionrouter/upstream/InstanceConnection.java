package io.sessionrouter.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import io.sessionrouter.container.ContainerRequest;
import io.sessionrouter.container.HttpOutput;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an instance; carries one request at a time and goes back to its pool when both
 * the request and the answer have ended.
 */
public final class InstanceConnection extends ChannelInboundHandlerAdapter {
  private static final int SWITCHING_PROTOCOLS = 101;

  /** So long an answer may still arrive when no more can be sent; what was received is read. */
  private static final long LAST_WORDS_MILLIS = 1000;

  private static final AsciiString LAST_CHUNK = AsciiString.cached("0\r\n\r\n");

  private final RequestLine requestLine;
  private final Owner owner;
  private @Nullable ChannelHandlerContext context;
  private @Nullable HttpOutput out;
  private @Nullable ResponseHandler answer;
  private boolean chunked;
  private boolean requestEnded;
  private boolean keepAlive;
  private boolean informational;
  private boolean informed;
  private boolean answering;
  private boolean unsendable;
  private boolean reused;
  private long idleSince;

  /** Where the connection goes when it is not in use; called on its event loop. */
  interface Owner {

    /** Another request may use the connection, or it may be closed. */
    void onFree(InstanceConnection connection);

    /** The connection is of no more use to anybody. */
    void onClosed(InstanceConnection connection);
  }

  InstanceConnection(RequestLine requestLine, Owner owner) {
    this.requestLine = requestLine;
    this.owner = owner;
  }

  /**
   * Sends a request's head; what comes back goes to the given answer.
   *
   * @param method GET or POST
   * @param path null for that of single-model containers; it was checked for line breaks
   * @param contentLength of the body in bytes, -1 to send it in chunks
   */
  public void begin(
      HttpMethod method,
      @Nullable CharSequence path,
      ContainerRequest request,
      long contentLength,
      ResponseHandler waiting) {
    answer = waiting;
    requestEnded = false;
    keepAlive = false;
    answering = false;
    informed = false;
    chunked = contentLength < 0;
    request.writeTo(requestLine.writeTo(out(), method, path), contentLength);
  }

  /** Sends a piece of the body and takes ownership of it. */
  public void write(ByteBuf data) {
    if (chunked) {
      out().chunk(data);
    } else {
      out().bytes(data);
    }
  }

  /** The body is complete; sends what was not flushed. */
  public void end() {
    requestEnded = true;
    if (chunked) {
      out().text(LAST_CHUNK);
    }
    out().flush();
  }

  public void flush() {
    out().flush();
  }

  /** False while the instance does not keep up with the body. */
  public boolean writable() {
    return context().channel().isWritable();
  }

  /** What the instance has not taken of the body, in bytes. */
  public long pendingBytes() {
    ChannelOutboundBuffer buffer = context().channel().unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
  }

  /** Stops reading the answer; what was read already still comes. */
  public void pause() {
    context().channel().config().setAutoRead(false);
  }

  public void resume() {
    context().channel().config().setAutoRead(true);
  }

  /** Gives the answer up: the instance sees the connection close, and stops its work. */
  public void cancel() {
    answer = null;
    context().close();
  }

  /** Returns a connection on which nothing was begun. */
  public void unused() {
    owner.onFree(this);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
    out = new HttpOutput(added);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    HttpObject part = (HttpObject) message;
    ResponseHandler waiting = answer;
    if (waiting == null || part.decoderResult().isFailure()) {
      ReferenceCountUtil.release(part);
      broken(ResponseHandler.Break.NOT_HTTP);
      ctx.close();
    } else if (part instanceof HttpResponse head) {
      head(waiting, head);
    } else {
      content(waiting, (HttpContent) part);
    }
  }

  private void head(ResponseHandler waiting, HttpResponse head) {
    if (head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
      informational = true;
      informed = true;
      if (head.status().code() == SWITCHING_PROTOCOLS) {
        broken(ResponseHandler.Break.NOT_HTTP);
        context().close();
      }
      return;
    }
    if (!encodingIsPlain(head)) {
      broken(ResponseHandler.Break.NOT_HTTP);
      context().close();
      return;
    }
    keepAlive = HttpUtil.isKeepAlive(head);
    answering = true;
    waiting.onHead(head);
  }

  /** Whether the body's end is where its framing says: nothing else was asked for by the router. */
  private static boolean encodingIsPlain(HttpResponse head) {
    List<String> encodings = head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
    return encodings.isEmpty()
        || (encodings.size() == 1
            && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(encodings.getFirst()));
  }

  @SuppressWarnings("ReferenceEquality") // another request may have begun meanwhile
  private void content(ResponseHandler waiting, HttpContent content) {
    boolean last = content instanceof LastHttpContent;
    if (informational) {
      informational = !last;
      content.release();
      return;
    }
    if (content.content().isReadable()) {
      waiting.onContent(content.content());
    } else {
      content.release();
    }
    if (last && answer == waiting) {
      leave();
      waiting.onEnd();
    }
  }

  /** The answer has ended. Bytes of a request still under way must never follow another's head. */
  private void leave() {
    answer = null;
    if (requestEnded && keepAlive && !unsendable) {
      resume();
      owner.onFree(this);
    } else {
      context().close();
    }
  }

  private void broken(ResponseHandler.Break why) {
    ResponseHandler waiting = answer;
    answer = null;
    if (waiting != null) {
      waiting.onBroken(why);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    ResponseHandler waiting = answer;
    if (waiting != null) {
      waiting.onReadComplete();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    ResponseHandler waiting = answer;
    if (waiting != null && ctx.channel().isWritable()) {
      waiting.onWritable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    owner.onClosed(this);
    out().close();
    broken(closed());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (isOfSending(cause) && ctx.channel().isActive()) {
      sendingFailed(ctx);
    } else {
      broken(closed());
      ctx.close();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == ChannelOutputShutdownEvent.INSTANCE) {
      sendingFailed(ctx);
    }
    ctx.fireUserEventTriggered(event);
  }

  /** A failure to write; one to read is reported by another exception. */
  private static boolean isOfSending(Throwable cause) {
    return cause instanceof ChannelOutputShutdownException
        || cause instanceof ClosedChannelException;
  }

  /**
   * An instance may answer before it has the whole body and close, so that what is still sent is
   * reset (RFC 9112 §9.5): its answer decides, and not the failed write.
   */
  private void sendingFailed(ChannelHandlerContext ctx) {
    if (!unsendable) {
      unsendable = true;
      out().close();
      ctx.executor().schedule(() -> giveUp(ctx), LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void giveUp(ChannelHandlerContext ctx) {
    if (!answering) {
      broken(closed());
      ctx.close();
    }
  }

  boolean active() {
    return context().channel().isActive();
  }

  void close() {
    context().close();
  }

  long idleSince() {
    return idleSince;
  }

  void idleSince(long nanos) {
    idleSince = nanos;
    reused = true;
  }

  void beReused() {
    reused = true;
  }

  /** What a close means by now: one that was idle may have been closed before it was used again. */
  private ResponseHandler.Break closed() {
    return reused && !answering && !informed
        ? ResponseHandler.Break.CLOSED_IDLE
        : ResponseHandler.Break.CLOSED;
  }

  private HttpOutput out() {
    HttpOutput present = out;
    if (present == null) {
      throw new IllegalStateException("used before it was connected");
    }
    return present;
  }

  private ChannelHandlerContext context() {
    ChannelHandlerContext present = context;
    if (present == null) {
      throw new IllegalStateException("used before it was connected");
    }
    return present;
  }
}
