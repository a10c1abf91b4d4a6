package io.sessionrouter.gateway;

import io.netty.channel.ChannelConfig;
import io.netty.handler.codec.http.HttpObject;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What a client sent before it had its answer, and the tap: nothing more is read while something
 * lies here, or while nobody takes the body.
 */
final class Inbox {
  private final ChannelConfig channel;
  private final ArrayDeque<HttpObject> early = new ArrayDeque<>(2);
  private boolean paused;

  Inbox(ChannelConfig channel) {
    this.channel = channel;
  }

  boolean isEmpty() {
    return early.isEmpty();
  }

  /** Takes ownership. */
  void add(HttpObject part) {
    early.add(part);
    turnTap();
  }

  /** The earliest part, owned by the caller; the tap stays as it is until {@link #emptied}. */
  @Nullable HttpObject poll() {
    return early.poll();
  }

  /** What lay here was taken, or some of it. */
  void emptied() {
    turnTap();
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
    early.forEach(ReferenceCountUtil::release);
    early.clear();
  }

  private void turnTap() {
    channel.setAutoRead(!paused && early.isEmpty());
  }
}
