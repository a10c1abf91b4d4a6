package io.sessionrouter.upstream;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an instance; carries one request at a time and goes back to its pool when both
 * the request and the answer have ended.
 */
public final class InstanceConnection extends ChannelInboundHandlerAdapter {
  private static final int SWITCHING_PROTOCOLS = 101;

  private final InstancePool pool;
  private @Nullable ChannelHandlerContext context;
  private @Nullable Answer answer;
  private boolean requestEnded;
  private boolean keepAlive;
  private boolean informational;
  private long idleSince;

  InstanceConnection(InstancePool pool) {
    this.pool = pool;
  }

  /** Sends a request's head; what comes back goes to the given answer. */
  public void begin(HttpRequest head, Answer waiting) {
    answer = waiting;
    requestEnded = false;
    keepAlive = false;
    context().write(head, context().voidPromise());
  }

  /** Sends a piece of the body and takes ownership of it; the last one flushes. */
  public void write(HttpContent content) {
    if (content instanceof LastHttpContent) {
      requestEnded = true;
      context().writeAndFlush(content, context().voidPromise());
    } else {
      context().write(content, context().voidPromise());
    }
  }

  public void flush() {
    context().flush();
  }

  /** False while the instance does not keep up with the body. */
  public boolean writable() {
    return context().channel().isWritable();
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

  /** Gives back a connection on which nothing was begun. */
  public void unused() {
    pool.put(this);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext added) {
    context = added;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    HttpObject part = (HttpObject) message;
    Answer waiting = answer;
    if (waiting == null || part.decoderResult().isFailure()) {
      ReferenceCountUtil.release(part);
      broken(Answer.Break.NOT_HTTP);
      ctx.close();
    } else if (part instanceof HttpResponse head) {
      head(waiting, head);
    } else {
      content(waiting, (HttpContent) part);
    }
  }

  private void head(Answer waiting, HttpResponse head) {
    if (head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
      informational = true;
      if (head.status().code() == SWITCHING_PROTOCOLS) {
        broken(Answer.Break.NOT_HTTP);
        context().close();
      }
      return;
    }
    keepAlive = HttpUtil.isKeepAlive(head);
    waiting.onHead(head);
  }

  private void content(Answer waiting, HttpContent content) {
    boolean last = content instanceof LastHttpContent;
    if (informational) {
      informational = !last;
      content.release();
      return;
    }
    if (last) {
      leave();
    }
    waiting.onContent(content);
  }

  /** The answer has ended. Bytes of a request still under way must never follow another's head. */
  private void leave() {
    answer = null;
    if (requestEnded && keepAlive) {
      resume();
      pool.put(this);
    } else {
      context().close();
    }
  }

  private void broken(Answer.Break why) {
    Answer waiting = answer;
    answer = null;
    if (waiting != null) {
      waiting.onBroken(why);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    Answer waiting = answer;
    if (waiting != null) {
      waiting.onReadComplete();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Answer waiting = answer;
    if (waiting != null && ctx.channel().isWritable()) {
      waiting.onWritable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    pool.remove(this);
    broken(Answer.Break.CLOSED);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    broken(Answer.Break.CLOSED);
    ctx.close();
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
  }

  private ChannelHandlerContext context() {
    ChannelHandlerContext present = context;
    if (present == null) {
      throw new IllegalStateException("used before it was connected");
    }
    return present;
  }
}
