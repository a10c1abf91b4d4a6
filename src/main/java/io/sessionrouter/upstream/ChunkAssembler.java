package io.sessionrouter.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpConstants;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.internal.StringUtil;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decodes an instance's answers and keeps its chunks whole: what a container wrote as one chunk,
 * most often one token's event, is one piece here, wherever the network has cut it. Many clients
 * parse each piece on its own.
 *
 * <p>Netty's decoder reads every byte; this one only looks at a chunk's size first, and makes the
 * decoder wait until the chunk is here. A chunk that is larger than {@link #MAX_CHUNK_BYTES} does
 * not wait, and comes in pieces; nor does one whose rest has not come for {@link #MAX_WAIT_NANOS}.
 */
final class ChunkAssembler extends HttpResponseDecoder {
  /** The largest chunk that is waited for. */
  static final int MAX_CHUNK_BYTES = 64 * 1024;

  /** Between two looks at the same unfinished chunk lies at least one read of the network. */
  static final long MAX_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

  private final ChunkDeadlines unfinished;
  private @Nullable ChannelHandlerContext context;
  private Part part = Part.OTHER;

  /** Bytes of the present chunk that were not handed on yet. */
  private long left;

  private boolean waiting;
  private boolean listed;
  private boolean impatient;
  private long seenWaiting;

  /** What comes next. */
  private enum Part {
    /** A head, a body that is not chunked, the last chunk. */
    OTHER,
    /** The size of a chunk, and the chunk. */
    CHUNK
  }

  ChunkAssembler(HttpDecoderConfig config, ChunkDeadlines unfinished) {
    super(config);
    this.unfinished = unfinished;
    setCumulator(ChunkAssembler::append);
  }

  /**
   * Adds what came to the chunk that waits. Netty's own would let the buffer grow by what was read
   * of it long ago: where chunk follows chunk, some rest always waits.
   */
  private static ByteBuf append(ByteBufAllocator allocator, ByteBuf waiting, ByteBuf came) {
    if (!waiting.isReadable()) {
      waiting.release();
      return came;
    }
    ByteBuf all = waiting;
    if (waiting.isReadOnly() || waiting.writableBytes() < came.readableBytes()) {
      all = allocator.ioBuffer(waiting.readableBytes() + came.readableBytes());
      all.writeBytes(waiting);
      waiting.release();
    }
    all.writeBytes(came);
    came.release();
    return all;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    super.handlerAdded(ctx);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (part == Part.CHUNK && left == 0 && mustWait(in)) {
      await();
      return;
    }
    int before = out.size();
    super.decode(ctx, in, out);
    if (out.size() > before) {
      follow(out.getLast());
    }
  }

  /** Whether a chunk begins here whose end has not come. */
  private boolean mustWait(ByteBuf in) {
    int at = in.readerIndex();
    int end = in.writerIndex();
    long size = 0;
    int digit = at < end ? StringUtil.decodeHexNibble(in.getByte(at)) : -1;
    while (digit >= 0 && size <= Integer.MAX_VALUE) {
      size = size * 16 + digit;
      at++;
      digit = at < end ? StringUtil.decodeHexNibble(in.getByte(at)) : -1;
    }
    int lineEnd = at == in.readerIndex() ? -1 : in.indexOf(at, end, HttpConstants.LF);
    if (lineEnd < 0) {
      // The line is not complete, or what is here is the end of the chunk before.
      return false;
    }
    if (!impatient && size <= MAX_CHUNK_BYTES && end - lineEnd - 1 < size) {
      return true;
    }
    waiting = false;
    impatient = false;
    left = size;
    part = size == 0 ? Part.OTHER : Part.CHUNK;
    return false;
  }

  private void follow(Object decoded) {
    if (decoded instanceof LastHttpContent) {
      part = Part.OTHER;
      left = 0;
    } else if (decoded instanceof HttpContent content) {
      left = part == Part.CHUNK ? left - content.content().readableBytes() : 0;
    } else if (decoded instanceof HttpResponse head) {
      part = HttpUtil.isTransferEncodingChunked(head) ? Part.CHUNK : Part.OTHER;
      left = 0;
    }
  }

  private void await() {
    if (waiting) {
      return;
    }
    waiting = true;
    seenWaiting = 0;
    if (!listed) {
      listed = true;
      unfinished.add(this);
    }
  }

  /**
   * Hands on what is there of a chunk that has been waited for long enough.
   *
   * @return whether it need not be looked at again
   */
  boolean look(long nowNanos) {
    ChannelHandlerContext ctx = context;
    if (!waiting || ctx == null || !ctx.channel().isActive()) {
      listed = false;
      return true;
    }
    if (seenWaiting == 0 || !ctx.channel().config().isAutoRead()) {
      seenWaiting = nowNanos;
    } else if (nowNanos - seenWaiting >= MAX_WAIT_NANOS) {
      listed = false;
      handOn(ctx);
      return true;
    }
    return false;
  }

  private void handOn(ChannelHandlerContext ctx) {
    impatient = true;
    try {
      // Makes the decoder look again at what it has.
      channelRead(ctx, Unpooled.EMPTY_BUFFER);
      channelReadComplete(ctx);
    } catch (Exception undecodable) {
      ctx.fireExceptionCaught(undecodable);
    }
  }

  /** Of a chunk that was cut off its reader gets what has come. */
  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    impatient = true;
    super.channelInactive(ctx);
  }
}
