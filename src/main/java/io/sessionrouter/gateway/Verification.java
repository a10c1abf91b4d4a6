package io.sessionrouter.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.sessionrouter.auth.signature.BodySignature;
import io.sessionrouter.domain.RouterException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What is left to verify of a signed request, and what waits for it: the end of its body, so that
 * an instance never has a complete request that was not verified, and whatever happened meanwhile.
 *
 * <p>A body that fits is kept whole, and the request's path begins when it is verified. Of a larger
 * one only the end is kept; its path begins before, and must have no effect.
 */
final class Verification {
  private static final int KEPT_BYTES = 64 * 1024;

  private final BodySignature signature;
  private final HeldBody kept = new HeldBody();
  private final Queue<Deferred> deferred = new ArrayDeque<>(0);
  private long bytes;
  private long bytesDeferred;
  private boolean begun;
  private boolean verified;
  private boolean over;

  /**
   * @param data that the event brings, null if it brings none
   */
  private record Deferred(Runnable event, @Nullable ByteBuf data) {}

  Verification(BodySignature signature) {
    this.signature = signature;
  }

  /** Whether the path may begin: the sender is known, or the body is too large to wait for. */
  boolean begins() {
    return mayAct() || bytes > KEPT_BYTES;
  }

  /** The path has begun. */
  void begun() {
    begun = true;
  }

  boolean hasBegun() {
    return begun;
  }

  /** Whether it is known who sent it, so that the request may have effects. */
  boolean mayAct() {
    return verified || signature.decided();
  }

  /** Whether the head alone decided who sent it. */
  boolean decidedAtHead() {
    return signature.decided();
  }

  /** Whether the verdict is known, and good. */
  boolean isVerified() {
    return verified;
  }

  /** Whether what the instance answers has to wait. */
  boolean waits() {
    return !over;
  }

  /** A piece of the body; takes ownership. */
  void add(ByteBuf data) {
    bytes += data.readableBytes();
    signature.update(data);
    kept.add(data);
  }

  /** Passes on what need not be kept. */
  void passTo(InstanceStream instance) {
    while (kept.bytes() > KEPT_BYTES && kept.pieces() > 1) {
      pass(kept.poll(), false, instance);
    }
  }

  /**
   * The body is complete.
   *
   * @throws RouterException if it is not what was signed
   */
  void verify() {
    signature.verify();
    verified = true;
  }

  /** Passes on the rest of a body that was verified. */
  void passEndTo(InstanceStream instance) {
    while (kept.pieces() > 1) {
      pass(kept.poll(), false, instance);
    }
    pass(kept.poll(), true, instance);
  }

  private static void pass(@Nullable ByteBuf piece, boolean last, InstanceStream instance) {
    instance.add(piece == null ? Unpooled.EMPTY_BUFFER : piece, last);
  }

  /** An event that is to happen after the verdict. */
  void defer(Runnable event) {
    deferred.add(new Deferred(event, null));
  }

  /** The same, which brings data and owns it. */
  void defer(ByteBuf data, Runnable event) {
    bytesDeferred += data.readableBytes();
    deferred.add(new Deferred(event, data));
  }

  /** What was deferred happens now, in its order; what happens from now on does not wait. */
  void end() {
    over = true;
    bytesDeferred = 0;
    Deferred next = deferred.poll();
    while (next != null) {
      next.event().run();
      next = deferred.poll();
    }
  }

  /** How much of the body has come. */
  long bodyBytes() {
    return bytes;
  }

  /** What is kept, in bytes of memory. */
  long cost() {
    return kept.cost() + bytesDeferred;
  }

  /** Nobody takes what is kept. */
  void drop() {
    kept.drop();
    bytesDeferred = 0;
    Deferred next = deferred.poll();
    while (next != null) {
      ByteBuf data = next.data();
      if (data != null) {
        data.release();
      }
      next = deferred.poll();
    }
  }
}
