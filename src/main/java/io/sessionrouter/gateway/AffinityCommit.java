package io.sessionrouter.gateway;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.sessionrouter.auth.quota.Throttled;
import io.sessionrouter.container.BootId;
import io.sessionrouter.container.SessionHeader;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import io.sessionrouter.endpoint.SessionSettings;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.session.Sessions;
import io.sessionrouter.telemetry.RequestTrace;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an answer says of sessions, and the writing down of it. A session that a container began and
 * that its client will not learn of is closed there again: nobody could ever use it.
 */
final class AffinityCommit {
  private final AffinityStore store;
  private final EventLoop loop;
  private final Invocation invocation;
  private final RequestTrace trace;
  private final Listener listener;

  /** Whose answer it is; called on the event loop, perhaps before {@link #settle} returns. */
  interface Listener {

    /** Whether the client still waits for the answer. */
    boolean wanted();

    /** The answer has to wait for the store. */
    void onStoring();

    /**
     * The client may see the answer.
     *
     * @param settled what was stored; null if the answer says nothing of sessions
     */
    void onSettled(HttpResponse head, @Nullable Settled settled);

    /** The answer is an error: it says nothing of sessions that would last. */
    void onError(HttpResponse head);

    /** The answer proves that the session's state is gone. */
    void onLost(Session lost);

    /** The client must not see the answer. */
    void fail(RouterException why);
  }

  AffinityCommit(
      AffinityStore store,
      EventLoop loop,
      Invocation invocation,
      RequestTrace trace,
      Listener listener) {
    this.store = store;
    this.loop = loop;
    this.invocation = invocation;
    this.trace = trace;
    this.listener = listener;
  }

  /**
   * What was written down before the client may see the answer.
   *
   * @param begun the session that began, null if none did
   * @param ended the session that ended, null if none did
   */
  record Settled(@Nullable Session begun, @Nullable Session ended) {}

  /**
   * A session that an answer begins.
   *
   * @param firm whether the request fails if it cannot be kept: it was asked for, or announced. A
   *     bare id that nobody asked for may be no session at all
   */
  private record Begun(Session session, boolean firm) {}

  /**
   * The session that the answer begins, whether or not the request was to open one.
   *
   * @return null if it begins none, or ended it at once
   * @throws RouterException of kind {@code MODEL_UNUSABLE} if it is unknown which
   */
  private @Nullable Begun begun(HttpResponse answer, Member by) {
    HttpHeaders headers = answer.headers();
    SessionHeader begun = SessionHeader.begun(headers, sent(), invocation.opens());
    if (begun == null || SessionHeader.closes(headers, begun.id())) {
      return null;
    }
    Instant now = store.clock().instant();
    SessionSettings rules = rules();
    Instant end = store.expiries().end(begun, by.instance(), rules, now);
    return new Begun(
        session(begun.id(), answer, by, now, end), invocation.opens() || begun.announced());
  }

  private Session session(String id, HttpResponse answer, Member by, Instant now, Instant end) {
    String model = invocation.model();
    return new Session(
        id,
        by.instance().id(),
        BootId.of(answer, by.mark()),
        by.instance().variant(),
        model == null ? "" : model,
        invocation.asker().owner(),
        now.toEpochMilli(),
        end.toEpochMilli(),
        now.toEpochMilli());
  }

  /** Whether the answer says that the session has ended. */
  private static boolean closes(HttpResponse answer, Session session) {
    return SessionHeader.closes(answer.headers(), session.id());
  }

  /**
   * Decides what the client gets to see of the answer, and stores what it says of sessions before
   * the client sees a byte. Without anything to store, the listener goes on at once.
   */
  void settle(Route route, HttpResponse head) {
    Session resumed = route.session();
    if (resumed != null && BootId.differs(head, resumed.bootId())) {
      discard(head, route.member(), null);
      answeredByAnother(resumed, BootId.of(head, ""));
    } else if (head.status().codeClass() != HttpStatusClass.SUCCESS) {
      discard(head, route.member(), resumed);
      listener.onError(head);
    } else {
      settleSuccess(route, head);
    }
  }

  /** Another boot than the session's has answered: that proves its end, or leaves it unknown. */
  private void answeredByAnother(Session resumed, String boot) {
    if (invocation.endpoint().outlived(resumed, boot)) {
      listener.onLost(resumed);
    } else {
      listener.fail(Errors.unreachable(resumed.id()));
    }
  }

  private void settleSuccess(Route route, HttpResponse head) {
    Session resumed = route.session();
    Begun begun;
    try {
      begun = begun(head, route.member());
    } catch (RouterException unusable) {
      discard(head, route.member(), resumed);
      listener.fail(unusable);
      return;
    }
    Session ended = resumed != null && closes(head, resumed) ? resumed : null;
    if (begun == null && ended == null) {
      listener.onSettled(head, null);
      return;
    }
    trace.storeBegins(begun == null ? "close" : "open");
    listener.onStoring();
    store(begun, ended).onComplete(stored -> loop.execute(() -> settled(head, stored)));
  }

  private void settled(HttpResponse head, AsyncResult<Settled> stored) {
    trace.storeEnded(stored.failed());
    Settled settled = stored.result();
    if (listener.wanted()) {
      if (settled == null) {
        listener.fail(Errors.internal(stored.cause()));
      } else {
        listener.onSettled(head, settled);
      }
    } else if (settled != null) {
      undoIfAny(settled.begun());
    }
  }

  /**
   * Stores both; a session that cannot be kept is closed on its container.
   *
   * @param begun null if none began
   * @param ended null if none ended
   */
  private Future<Settled> store(@Nullable Begun begun, @Nullable Session ended) {
    Future<@Nullable Session> kept = begun == null ? Future.succeededFuture() : keep(begun);
    if (ended == null) {
      return kept.map(session -> new Settled(session, null));
    }
    Future<Void> closed = close(ended);
    return Future.join(kept, closed)
        .map(both -> new Settled(kept.result(), ended))
        .onFailure(why -> undoIfAny(kept.result()));
  }

  private void undoIfAny(@Nullable Session kept) {
    if (kept != null) {
      undo(kept);
    }
  }

  private Future<@Nullable Session> keep(Begun begun) {
    Future<@Nullable Session> kept = owned(begun.session());
    return begun.firm() ? kept : kept.otherwise((Session) null);
  }

  /** Within what its principal may have; for an opening the place was taken before. */
  private Future<@Nullable Session> owned(Session begun) {
    Long most = invocation.quota().sessions();
    return most == null || invocation.opens()
        ? placed(begun)
        : store
            .sessions()
            .reserveFor(invocation.endpointName(), begun.owner(), most)
            .transform(slot -> owned(begun, slot));
  }

  private Future<@Nullable Session> owned(
      Session begun, AsyncResult<Sessions.@Nullable OwnerSlot> reserved) {
    Sessions.OwnerSlot slot = reserved.result();
    if (slot != null) {
      return placed(begun).onComplete(stored -> store.sessions().release(slot));
    }
    closeOnContainer(begun);
    return Future.failedFuture(
        reserved.failed() ? Errors.openNotStored() : Throttled.sessions(invocation.endpointName()));
  }

  /** Within what its instance may hold; for an opening the place was taken before. */
  private Future<@Nullable Session> placed(Session begun) {
    Integer max = rules().maxPerInstance();
    if (max == null || invocation.opens()) {
      return store(begun);
    }
    return store
        .sessions()
        .reserve(invocation.endpointName(), begun.instance(), max)
        .transform(slot -> placed(begun, slot));
  }

  private Future<@Nullable Session> placed(
      Session begun, AsyncResult<Sessions.@Nullable Slot> reserved) {
    Sessions.Slot slot = reserved.result();
    if (slot != null) {
      return store(begun).onComplete(stored -> store.sessions().release(slot));
    }
    closeOnContainer(begun);
    return Future.failedFuture(
        reserved.failed() ? Errors.openNotStored() : Errors.noSlot(invocation.endpointName()));
  }

  private Future<@Nullable Session> store(Session begun) {
    return store
        .sessions()
        .open(invocation.endpointName(), begun)
        .transform(stored -> stored(begun, stored));
  }

  private Future<@Nullable Session> stored(Session begun, AsyncResult<Boolean> stored) {
    if (stored.failed()) {
      closeOnContainer(begun);
      return Future.failedFuture(Errors.openNotStored());
    }
    return stored.result()
        ? Future.succeededFuture(begun)
        : Future.failedFuture(Errors.idTaken(invocation.endpointName()));
  }

  private Future<Void> close(Session ended) {
    return store
        .sessions()
        .close(invocation.endpointName(), ended)
        .recover(unstored -> Future.failedFuture(Errors.closeNotStored(ended.id())));
  }

  /**
   * The client left before it could learn the id: nobody knows the session, so it must not stay.
   */
  private void undo(Session begun) {
    closeOnContainer(begun);
    store.sessions().close(invocation.endpointName(), begun);
  }

  /**
   * The client will not see this answer, but an error: what it began is closed again, what it ended
   * has ended.
   *
   * @param resumed the request's session, null if it had none
   */
  private void discard(HttpResponse answer, Member by, @Nullable Session resumed) {
    for (String id : SessionHeader.named(answer.headers(), sent())) {
      Instant now = store.clock().instant();
      discard(session(id, answer, by, now, now.plus(rules().maxTtl())));
    }
    if (resumed != null && closes(answer, resumed)) {
      store.sessions().close(invocation.endpointName(), resumed);
    }
  }

  /** An id that clients could send may be that of another client's session: Redis is asked. */
  private void discard(Session begun) {
    if (SessionHeader.isUsable(begun.id())) {
      store(begun).onSuccess(this::undo);
    } else {
      closeOnContainer(begun);
    }
  }

  private void closeOnContainer(Session begun) {
    store.closer().close(invocation.endpointName(), begun);
  }

  /** The id of the session that the request went on with. */
  private @Nullable String sent() {
    return invocation.resumes() ? invocation.sessionId() : null;
  }

  private SessionSettings rules() {
    return invocation.endpoint().settings().sessions();
  }
}
