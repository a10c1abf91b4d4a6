package io.sessionrouter.ops;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.sessionrouter.gateway.Holding;
import io.sessionrouter.gateway.LoopMemory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the management port, as bytes, below what Quarkus makes of them: bounds what it
 * may hold and for how long.
 *
 * <p>Quarkus' HTTP has a limit for the silence of a connection only, takes any number of requests
 * ahead, and queues what a client does not read.
 */
final class ManagementConnection extends ChannelDuplexHandler implements Holding.Owner {
  static final long MAX_SILENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final AttributeKey<Boolean> WATCHES =
      AttributeKey.valueOf(ManagementConnection.class, "watches");

  /** Of a connection with its HTTP handlers. */
  private static final long CONNECTION_BYTES = 12 * 1024;

  /** What a byte may cost that was not answered: the smallest header lines and requests. */
  private static final long COST_OF_BYTE = 100;

  private static final int READ_BYTES = 1024;

  /** No request is so large. */
  private static final long MAX_UNANSWERED_BYTES = 64 * 1024;

  /** More than the largest response. */
  private static final long MAX_PENDING_BYTES = 8 << 20;

  private final Channel channel;
  private final ManagementGuard guard;
  private @Nullable Holding holding;
  private long unanswered;
  private long waitsSince;

  ManagementConnection(Channel channel, ManagementGuard guard) {
    this.channel = channel;
    this.guard = guard;
  }

  /** Its client gets a stream and has nothing to send any more. */
  static void watches(Channel channel) {
    channel.attr(WATCHES).set(true);
  }

  /** Few requests at a time: Quarkus begins all that a read brings, read or not by the client. */
  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel
        .config()
        .setRecvByteBufAllocator(new FixedRecvByteBufAllocator(READ_BYTES).maxMessagesPerRead(1));
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    LoopMemory memory = guard.memory(channel.eventLoop());
    memory.makeRoom();
    holding = memory.open(this, CONNECTION_BYTES);
    waitsSince = System.nanoTime();
    guard.opened(this);
    ctx.fireChannelActive();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    guard.closed(this);
    if (holding != null) {
      holding.close();
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (unanswered == 0) {
      waitsSince = System.nanoTime();
    }
    unanswered += ((ByteBuf) message).readableBytes();
    if (unanswered > MAX_UNANSWERED_BYTES || channel.hasAttr(WATCHES)) {
      ReferenceCountUtil.release(message);
      channel.close();
      return;
    }
    settle();
    ctx.fireChannelRead(message);
    guard.memory(channel.eventLoop()).makeRoom();
  }

  /** Nothing more is read of a client that does not read. */
  @Override
  public void read(ChannelHandlerContext ctx) {
    if (channel.isWritable()) {
      ctx.read();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (channel.isWritable()) {
      waitsSince = System.nanoTime();
      ctx.read();
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    unanswered = 0;
    ctx.write(message, promise);
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    boolean waited = pending() > 0;
    ctx.flush();
    if (!waited) {
      waitsSince = System.nanoTime();
    }
    settle();
    if (pending() > MAX_PENDING_BYTES) {
      channel.close();
    }
  }

  private long pending() {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes();
  }

  private void settle() {
    if (holding != null) {
      holding.set(CONNECTION_BYTES + COST_OF_BYTE * unanswered + pending());
    }
  }

  /** Closes it if it waits for its client, or the client for it, for too long; on its loop. */
  void tick(long now) {
    settle();
    if ((unanswered > 0 || !channel.isWritable()) && now - waitsSince > MAX_SILENCE_NANOS) {
      channel.close();
    }
  }

  /** Since when nothing happened on it; a stream is never the one to go. */
  long waitsSince() {
    return waitsSince;
  }

  boolean dispensable() {
    return !channel.hasAttr(WATCHES);
  }

  Channel channel() {
    return channel;
  }

  @Override
  public boolean busy() {
    return channel.hasAttr(WATCHES);
  }

  @Override
  public void evict() {
    guard.evicted();
    channel.close();
  }
}
