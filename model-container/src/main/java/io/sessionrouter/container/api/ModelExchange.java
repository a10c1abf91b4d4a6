package io.sessionrouter.container.api;

import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * One request about models: its small body comes in on the event loop, a virtual thread answers it,
 * the answer goes out on the event loop.
 *
 * <p>All fields belong to the event loop. Unlike an invocation it goes on when its client has left:
 * a model half loaded is of no use, and a retry finds it loaded.
 */
final class ModelExchange implements BodyReader.Listener {
  private static final Logger LOG = Logger.getLogger(ModelExchange.class);
  private static final int LARGEST_BODY = 1 << 14;

  private final HttpServerRequest request;
  private final Response response;
  private final Work work;
  private final Runnable onEnd;
  private final Context loop;
  private final BodyReader body;
  private boolean arrived;
  private boolean ended;

  /** What is done with the body. */
  @FunctionalInterface
  interface Work {
    Answer answer(byte[] body) throws InterruptedException;
  }

  ModelExchange(
      RoutingContext context, Response response, Duration bodyTimeout, Work work, Runnable onEnd) {
    this.request = context.request();
    this.response = response;
    this.work = work;
    this.onEnd = onEnd;
    this.loop = context.vertx().getOrCreateContext();
    this.body =
        new BodyReader(
            context, new BodyReader.Limits(LARGEST_BODY, "model_name and url", bodyTimeout), this);
  }

  void begin() {
    body.begin();
  }

  @Override
  public void arrived(byte[] bytes) {
    arrived = true;
    Thread.ofVirtual().name("model-request").start(() -> work(bytes));
  }

  private void work(byte[] bytes) {
    Answer answer = answer(bytes);
    loop.runOnContext(now -> send(answer));
  }

  private Answer answer(byte[] bytes) {
    try {
      return work.answer(bytes);
    } catch (FaultException failed) {
      return Answer.error(failed);
    } catch (InterruptedException stopped) {
      return Answer.error(Fault.NOT_READY.because("the container is stopping"));
    } catch (RuntimeException | Error bug) {
      LOG.error("a request about models failed unexpectedly", bug);
      return Answer.error(Fault.INTERNAL.because("an internal error; see the container's log"));
    }
  }

  private void send(Answer answer) {
    if (end() && !response.send(answer)) {
      LOG.debugf("nobody waited for the answer %d to %s", answer.status(), request.path());
    }
  }

  @Override
  public void refused(FaultException failure) {
    if (end()) {
      response.refuse(Answer.error(failure));
    }
  }

  @Override
  public void clientGone() {
    if (!arrived) {
      end();
    }
  }

  private boolean end() {
    if (ended) {
      return false;
    }
    ended = true;
    body.stop();
    onEnd.run();
    return true;
  }
}
