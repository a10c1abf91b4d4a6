package io.sessionrouter.container.api;

import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.generation.TokenSink;
import io.sessionrouter.container.host.LoadedModel;
import io.sessionrouter.container.telemetry.ContainerMetrics;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One request to a model: its body comes in on the event loop, a virtual thread answers it, the
 * answer goes out on the event loop.
 *
 * <p>All fields belong to the event loop. It ends exactly once: by its answer, by a refusal, or
 * because the client went away, which interrupts the virtual thread. A streamed reply goes out
 * while the virtual thread still works.
 */
final class Exchange implements Client, TokenStream.Events, BodyReader.Listener {
  private static final Logger LOG = Logger.getLogger(Exchange.class);

  private final HttpServerRequest request;
  private final Optional<Accept> accept;
  private final Response response;
  private final RequestRecord record;
  private final Limits limits;
  private final Form form;
  private final Invocations invocations;
  private final Supplier<LoadedModel> target;
  private final Runnable onEnd;
  private final Vertx vertx;
  private final Context loop;
  private final BodyReader body;
  private final ContainerMetrics metrics;
  private volatile @Nullable TokenStream stream;
  private @Nullable Thread worker;
  private long timer = -1;
  private boolean gone;
  private boolean ended;

  /**
   * What a request may cost.
   *
   * @param body its size and its time
   * @param requestTimeout the time until it is answered, or a stream begins
   * @param streamTimeout the time from then until a stream ends
   * @param stallTimeout the time a client may leave a stream unread
   */
  record Limits(
      BodyReader.Limits body,
      Duration requestTimeout,
      Duration streamTimeout,
      Duration stallTimeout) {}

  Exchange(
      RoutingContext context,
      Response response,
      RequestRecord record,
      Limits limits,
      Form form,
      Invocations invocations,
      Supplier<LoadedModel> target,
      ContainerMetrics metrics,
      Runnable onEnd) {
    this.request = context.request();
    this.accept = accept(request);
    this.response = response;
    this.record = record;
    this.limits = limits;
    this.form = form;
    this.invocations = invocations;
    this.target = target;
    this.metrics = metrics;
    this.onEnd = onEnd;
    this.vertx = context.vertx();
    this.loop = vertx.getOrCreateContext();
    this.body = new BodyReader(context, limits.body(), this);
  }

  /** Before HTTP/1.1 a body's end is the connection's: a broken stream would look whole. */
  private static Optional<Accept> accept(HttpServerRequest request) {
    return request.version() == HttpVersion.HTTP_1_0
        ? Optional.empty()
        : Optional.of(Accept.parse(request.headers().getAll(HttpHeaders.ACCEPT)));
  }

  void begin() {
    body.begin();
  }

  @Override
  public void arrived(byte[] bytes) {
    startTimer(limits.requestTimeout(), this::answerTooSlow);
    try {
      SessionHeader header =
          SessionHeader.parse(
              request.headers().getAll(SessionHeader.NAME),
              request.headers().getAll(SessionHeader.ROUTER));
      Arrival arrival = invocations.arrive(target.get(), form, header, bytes, this);
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

  @Override
  public RequestRecord record() {
    return record;
  }

  @Override
  public Optional<TokenFormat> wants(Payload asked) {
    return accept.flatMap(header -> form.streamed(asked, header));
  }

  @Override
  public TokenSink stream(TokenFormat format, Map<String, String> headers, ReplyText text) {
    var target = new TokenStream.Target(response, format, headers);
    var opened = new TokenStream(target, text, this, loop, limits.stallTimeout(), metrics);
    stream = opened;
    return opened;
  }

  @Override
  public void awaitDelivery() throws InterruptedException {
    TokenStream opened = stream;
    if (opened != null) {
      opened.awaitDelivery();
    }
  }

  @Override
  public boolean withdraw() {
    TokenStream opened = stream;
    return opened == null || opened.withdraw();
  }

  @Override
  public void begun() {
    startTimer(limits.streamTimeout(), this::streamTooLong);
  }

  private void streamTooLong() {
    if (response.sent()) {
      // All of it is written; what is left of the time is the client's to read it.
      return;
    }
    fail(Fault.TIMEOUT.because("the stream took longer than %s", limits.streamTimeout()));
  }

  @Override
  public void stalled() {
    end(Fault.STALLED);
    closeStream();
    response.reset();
  }

  private void closeStream() {
    TokenStream opened = stream;
    if (opened != null) {
      opened.close();
    }
  }

  @Override
  public void clientGone() {
    gone = true;
    closeStream();
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
    boolean streamed = !withdraw();
    boolean delivered = first && (streamed ? !gone : response.send(answer));
    if (delivered) {
      record.succeeded();
    } else if (first) {
      record.failed(Fault.CANCELLED);
    }
    if (!delivered && !streamed) {
      Thread.ofVirtual().start(answer.ifUndelivered());
    }
  }

  private void fail(FaultException failure) {
    if (!end(failure.fault())) {
      return;
    }
    TokenStream opened = stream;
    if (opened != null && !opened.withdraw()) {
      opened.fail(failure);
    } else {
      response.send(form.error(failure));
    }
  }

  @Override
  public void refused(FaultException failure) {
    if (end(failure.fault())) {
      response.refuse(form.error(failure));
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
    body.stop();
    vertx.cancelTimer(timer);
    onEnd.run();
    return true;
  }

  private void startTimer(Duration after, Runnable late) {
    vertx.cancelTimer(timer);
    timer = vertx.setTimer(after.toMillis(), now -> late.run());
  }
}
