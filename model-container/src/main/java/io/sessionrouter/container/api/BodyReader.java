package io.sessionrouter.container.api;

import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;

/** Collects the body of a request on its event loop, up to a size and within a time. */
final class BodyReader {
  private final HttpServerRequest request;
  private final Vertx vertx;
  private final Limits limits;
  private final Listener listener;
  private final Buffer body = Buffer.buffer();
  private long timer = -1;
  private boolean over;

  /**
   * What a body may be.
   *
   * @param maxBytes its size
   * @param expected what is said to be expected of one that is larger
   * @param timeout the time until it is here
   */
  record Limits(long maxBytes, String expected, Duration timeout) {}

  /** Gets the body, or why there is none; once. */
  interface Listener {
    /** The body is here. */
    void arrived(byte[] body);

    /** The body is too large or too slow; what is left of it is not read. */
    void refused(FaultException why);

    /** The client has left, perhaps long after its body came. */
    void clientGone();
  }

  BodyReader(RoutingContext context, Limits limits, Listener listener) {
    this.request = context.request();
    this.vertx = context.vertx();
    this.limits = limits;
    this.listener = listener;
  }

  void begin() {
    timer = vertx.setTimer(limits.timeout().toMillis(), late -> tooSlow());
    request.response().closeHandler(closed -> listener.clientGone());
    request.exceptionHandler(broken -> listener.clientGone());
    request.handler(this::append);
    request.endHandler(end -> arrived());
    request.resume();
  }

  /** Nobody waits for the body any more. */
  void stop() {
    over = true;
    vertx.cancelTimer(timer);
  }

  private void append(Buffer part) {
    if (over) {
      return;
    }
    if (body.length() + part.length() > limits.maxBytes()) {
      refuse(
          Fault.BODY_TOO_LARGE.because(
              "the body is larger than %d bytes (expected: %s)",
              limits.maxBytes(), limits.expected()));
    } else {
      body.appendBuffer(part);
    }
  }

  private void tooSlow() {
    refuse(Fault.REQUEST_TIMEOUT.because("the body took longer than %s", limits.timeout()));
  }

  private void refuse(FaultException why) {
    stop();
    listener.refused(why);
  }

  private void arrived() {
    if (!over) {
      stop();
      listener.arrived(body.getBytes());
    }
  }
}
