package io.sessionrouter.container.api;

import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One request to {@code /invocations}: its body comes in on the event loop, a virtual thread
 * answers it, the answer goes out on the event loop.
 *
 * <p>All fields belong to the event loop. It ends exactly once: by its answer, by a refusal, or
 * because the client went away, which interrupts the virtual thread.
 */
final class Exchange {
  private static final Logger LOG = Logger.getLogger(Exchange.class);

  private final HttpServerRequest request;
  private final Response response;
  private final RequestRecord record;
  private final Limits limits;
  private final Invocations invocations;
  private final Runnable onEnd;
  private final Vertx vertx;
  private final Context loop;
  private final Buffer body = Buffer.buffer();
  private @Nullable Thread worker;
  private long timer;
  private boolean ended;

  /**
   * What a request may cost.
   *
   * @param maxBody the bytes of its body
   * @param bodyTimeout the time until it is here
   * @param requestTimeout the time until it is answered
   */
  record Limits(long maxBody, Duration bodyTimeout, Duration requestTimeout) {}

  Exchange(
      RoutingContext context,
      Response response,
      RequestRecord record,
      Limits limits,
      Invocations invocations,
      Runnable onEnd) {
    this.request = context.request();
    this.response = response;
    this.record = record;
    this.limits = limits;
    this.invocations = invocations;
    this.onEnd = onEnd;
    this.vertx = context.vertx();
    this.loop = vertx.getOrCreateContext();
  }

  void begin() {
    startTimer(limits.bodyTimeout(), this::bodyTooSlow);
    request.response().closeHandler(closed -> clientGone());
    request.exceptionHandler(broken -> clientGone());
    request.handler(this::append);
    request.endHandler(end -> arrived());
    request.resume();
  }

  private void append(Buffer part) {
    if (ended) {
      return;
    }
    if (body.length() + part.length() > limits.maxBody()) {
      refuse(
          Fault.BODY_TOO_LARGE.because(
              "the body is larger than %d bytes (expected: at most that, model.max-body)",
              limits.maxBody()));
    } else {
      body.appendBuffer(part);
    }
  }

  private void bodyTooSlow() {
    refuse(Fault.REQUEST_TIMEOUT.because("the body took longer than %s", limits.bodyTimeout()));
  }

  private void arrived() {
    if (ended) {
      return;
    }
    startTimer(limits.requestTimeout(), this::answerTooSlow);
    try {
      SessionHeader header = SessionHeader.parse(request.headers().getAll(SessionHeader.NAME));
      Arrival arrival = invocations.arrive(header, body.getBytes(), record);
      worker = Thread.ofVirtual().name("request").start(() -> work(arrival));
    } catch (FaultException refused) {
      fail(refused);
    }
  }

  private void work(Arrival arrival) {
    try {
      Answer answer = invocations.serve(arrival);
      loop.runOnContext(now -> succeed(answer));
    } catch (FaultException failed) {
      loop.runOnContext(now -> fail(failed));
    } catch (InterruptedException cancelled) {
      loop.runOnContext(now -> end(Fault.CANCELLED));
    } catch (RuntimeException | Error bug) {
      LOG.error("a request failed unexpectedly", bug);
      loop.runOnContext(
          now -> fail(Fault.INTERNAL.because("an internal error; see the container's log")));
    }
  }

  private void answerTooSlow() {
    fail(Fault.TIMEOUT.because("no answer within %s", limits.requestTimeout()));
    interrupt();
  }

  private void clientGone() {
    interrupt();
    if (worker == null) {
      end(Fault.CANCELLED);
    }
  }

  private void interrupt() {
    if (worker != null) {
      worker.interrupt();
    }
  }

  private void succeed(Answer answer) {
    boolean first = end();
    if (first && response.send(answer)) {
      record.succeeded();
      return;
    }
    if (first) {
      record.failed(Fault.CANCELLED);
    }
    Thread.ofVirtual().start(answer.ifUndelivered());
  }

  private void fail(FaultException failure) {
    if (end(failure.fault())) {
      response.send(Answer.error(failure));
    }
  }

  private void refuse(FaultException failure) {
    if (end(failure.fault())) {
      response.refuse(Answer.error(failure));
    }
  }

  private boolean end(Fault fault) {
    boolean first = end();
    if (first) {
      record.failed(fault);
    }
    return first;
  }

  private boolean end() {
    if (ended) {
      return false;
    }
    ended = true;
    vertx.cancelTimer(timer);
    onEnd.run();
    return true;
  }

  private void startTimer(Duration after, Runnable late) {
    vertx.cancelTimer(timer);
    timer = vertx.setTimer(after.toMillis(), now -> late.run());
  }
}
