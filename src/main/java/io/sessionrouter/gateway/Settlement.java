package io.sessionrouter.gateway;

import io.netty.handler.codec.http.HttpResponse;
import io.sessionrouter.domain.Loss;
import io.sessionrouter.domain.Session;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.upstream.BootId;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** What an answer says of its session, and the writing down of it. */
final class Settlement {
  private final Services services;
  private final Invocation invocation;

  Settlement(Services services, Invocation invocation) {
    this.services = services;
    this.invocation = invocation;
  }

  /** What was written down before the client may see the answer. */
  sealed interface Settled {}

  /** A session began. */
  record Opened(Session session) implements Settled {}

  /** A session ended. */
  record Closed(Session session) implements Settled {}

  /**
   * The session that the answer begins.
   *
   * @return null if it begins none
   * @throws io.sessionrouter.domain.RouterException of kind {@code MODEL_UNUSABLE} if it cannot be
   *     told which
   */
  @Nullable Session begun(HttpResponse answer, Member by) {
    SessionHeader opened = invocation.opens() ? SessionHeader.opened(answer.headers()) : null;
    return opened == null
        ? null
        : opened.toSession(
            by.instance(),
            BootId.of(answer, by.mark()),
            invocation.model() == null ? "" : invocation.model(),
            services.clock().instant(),
            invocation.endpoint().settings().sessions().maxTtl());
  }

  /** Whether the answer says that the session has ended. */
  static boolean closes(HttpResponse answer, Session session) {
    String closed = answer.headers().get(SessionHeader.CLOSED_SESSION_ID);
    return closed != null && closed.strip().equals(session.id());
  }

  /** Stores the session; if that fails the container is told to forget it. */
  Future<Opened> open(Session begun) {
    return services
        .sessions()
        .open(invocation.endpointName(), begun)
        .transform(stored -> opened(begun, stored));
  }

  private Future<Opened> opened(Session begun, AsyncResult<Boolean> stored) {
    if (stored.failed()) {
      services.closer().close(invocation.endpointName(), begun);
      return Future.failedFuture(Errors.openNotStored());
    }
    return stored.result()
        ? Future.succeededFuture(new Opened(begun))
        : Future.failedFuture(Errors.idTaken(invocation.endpointName()));
  }

  Future<Closed> close(Session ended) {
    return services
        .sessions()
        .close(invocation.endpointName(), ended)
        .map(new Closed(ended))
        .recover(unstored -> Future.failedFuture(Errors.closeNotStored(ended.id())));
  }

  /** Its instance is gone: the session is dropped, and never moved. */
  void lose(Session lost) {
    Loss cause = invocation.endpoint().cause(lost);
    services.sessions().lose(invocation.endpointName(), lost, cause);
  }

  /**
   * The client left before it could learn the id: nobody knows the session, so it must not stay.
   */
  void undo(Session begun) {
    services.closer().close(invocation.endpointName(), begun);
    services.sessions().close(invocation.endpointName(), begun);
  }
}
