package io.sessionrouter.gateway.http1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import org.jspecify.annotations.Nullable;

/**
 * What a client sent and nobody has taken yet, as bytes, and the tap: nothing more is read while a
 * request lies here that has to wait for its turn, or while nobody takes the body.
 */
final class PipelinedRequests {
  /** A buffer may be so much larger than what lies in it. */
  private static final int SLACK_BYTES = 2 * 1024;

  private final ChannelConfig channel;
  private @Nullable ByteBuf bytes;
  private boolean paused;
  private boolean waiting;

  PipelinedRequests(ChannelConfig channel) {
    this.channel = channel;
  }

  /** Takes ownership. */
  void add(ByteBuf data) {
    ByteBuf present = bytes;
    if (present == null) {
      bytes = data;
    } else if (data.readableBytes() <= present.maxFastWritableBytes()) {
      present.writeBytes(data);
      data.release();
    } else {
      bytes = joined(channel.getAllocator(), present, data);
    }
  }

  private static ByteBuf joined(ByteBufAllocator allocator, ByteBuf first, ByteBuf second) {
    int length = first.readableBytes() + second.readableBytes();
    ByteBuf both =
        allocator.ioBuffer(length + SLACK_BYTES / 2).writeBytes(first).writeBytes(second);
    first.release();
    second.release();
    return both;
  }

  /** What lies here; null if nothing does. */
  @Nullable ByteBuf bytes() {
    ByteBuf present = bytes;
    return present != null && present.isReadable() ? present : null;
  }

  /**
   * What could be taken was taken.
   *
   * @param waits whether the rest has to wait until others are done
   */
  void taken(boolean waits) {
    ByteBuf present = bytes;
    if (present != null && !present.isReadable()) {
      present.release();
      bytes = null;
    } else if (present != null && present.capacity() > present.readableBytes() + SLACK_BYTES) {
      bytes = fitted(present);
    }
    waiting = waits && bytes != null;
    turnTap();
  }

  /** With room for the rest of a usual head. */
  private ByteBuf fitted(ByteBuf loose) {
    int length = loose.readableBytes();
    ByteBuf fitted = channel.getAllocator().ioBuffer(length + SLACK_BYTES / 2).writeBytes(loose);
    loose.release();
    return fitted;
  }

  /** The memory that lies here, in bytes. */
  int cost() {
    ByteBuf present = bytes;
    return present == null ? 0 : present.capacity();
  }

  void pause() {
    paused = true;
    turnTap();
  }

  void resume() {
    if (paused) {
      paused = false;
      turnTap();
    }
  }

  void discard() {
    ByteBuf present = bytes;
    bytes = null;
    if (present != null) {
      present.release();
    }
  }

  private void turnTap() {
    channel.setAutoRead(!paused && !waiting);
  }
}
