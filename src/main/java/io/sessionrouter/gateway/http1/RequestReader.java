package io.sessionrouter.gateway.http1;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Takes requests out of what a client sent, as far as it is their turn: one is served at a time,
 * and the next one stays bytes until then.
 */
final class RequestReader {
  private final PipelinedRequests received;
  private final RequestDecoder decoder;
  private final Listener listener;
  private boolean reading;

  /** Whose requests they are; it may ask for more to be read from within any of these. */
  interface Listener extends RequestDecoder.Sink {

    /** Whether a request is served whose end was read, so that the next one has to wait. */
    boolean serves();

    /** Whether nothing is taken any more. */
    boolean closing();

    /** All that can be taken now was taken; what is left begins a request. */
    void onRest();
  }

  RequestReader(PipelinedRequests received, RequestDecoder decoder, Listener listener) {
    this.received = received;
    this.decoder = decoder;
    this.listener = listener;
  }

  /** More has come, which is owned from now on. */
  void add(ByteBuf data) {
    received.add(data);
    read();
  }

  /** Takes what is here, as far as it is its turn; never deeper than once. */
  void read() {
    if (reading) {
      return;
    }
    reading = true;
    ByteBuf bytes = next();
    while (bytes != null && decoder.step(bytes, listener)) {
      bytes = next();
    }
    reading = false;
    settle();
  }

  private @Nullable ByteBuf next() {
    return listener.serves() || listener.closing() ? null : received.bytes();
  }

  private void settle() {
    if (listener.closing()) {
      received.discard();
      return;
    }
    received.taken(listener.serves());
    if (received.bytes() != null) {
      listener.onRest();
    }
  }

  /** Whether a call from within a listener's method would be too deep. */
  boolean reading() {
    return reading;
  }

  /** Nobody takes what is left. */
  void drop() {
    if (!reading) {
      received.discard();
    }
  }
}
