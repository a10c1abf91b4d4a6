package io.sessionrouter.gateway;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup;
import io.sessionrouter.domain.SessionLookup.Found;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.domain.Settings;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.session.Sessions;
import io.sessionrouter.upstream.Answer;
import io.sessionrouter.upstream.BootId;
import io.sessionrouter.upstream.Connections;
import io.sessionrouter.upstream.InstanceConnection;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, from the first to the last byte. Lives on its client's event loop.
 *
 * <p>The path is {@code admit → resolve → place → open → (the container works) → settle → relay}.
 * Each step calls the next, at once where the answer is at hand; a step that must wait goes on in a
 * callback on the same event loop. Whatever goes wrong ends in {@link #fail}.
 */
final class Exchange implements Answer, Connections.Waiting {
  private static final String CONTAINER_PATH = "/invocations";

  private final ClientStream client;
  private final LoopDesk desk;
  private final Services services;
  private final Account account;
  private final RequestBody body;
  private @Nullable Invocation invocation;
  private @Nullable Session session;
  private @Nullable Member member;
  private @Nullable List<Member> tried;
  private @Nullable InstanceConnection instance;
  private @Nullable ArrayDeque<HttpContent> heldAnswer;
  private @Nullable ErrorBody errorBody;
  private int errorStatus;
  private boolean slotsTaken;
  private boolean responding;
  private boolean over;

  Exchange(ClientStream client, LoopDesk desk) {
    this.client = client;
    this.desk = desk;
    this.services = desk.services();
    this.account = new Account(services);
    this.body = new RequestBody(client);
  }

  // The path

  /** Admit: the head alone decides. */
  void begin(HttpRequest head) {
    client.await(ClientStream.Phase.NONE, 0);
    try {
      invocation = services.admission().admit(head);
    } catch (RouterException refused) {
      fail(refused);
      return;
    }
    account.admitted(invocation());
    resolve();
  }

  /** Resolve: whose request is it? Redis is asked only if this replica does not know. */
  private void resolve() {
    if (!invocation().resumes()) {
      placeUnbound();
      return;
    }
    String id = sessionId();
    SessionLookup known = services.sessions().cached(invocation().endpointName(), id);
    if (known != null) {
      resolved(known);
    } else {
      whenDone(services.sessions().find(invocation().endpointName(), id), this::resolved);
    }
  }

  private void resolved(SessionLookup lookup) {
    switch (lookup) {
      case Found found -> resume(found.session());
      case Missing why -> fail(Errors.missing(why, sessionId()));
    }
  }

  /** Place, for a request that is bound: its session's instance, and no other. */
  private void resume(Session found) {
    session = found;
    Member holder = invocation().endpoint().member(found.instance());
    if (holder == null || holder.lost(found)) {
      lose(found);
      return;
    }
    String wanted = invocation().variant();
    if (wanted != null && !wanted.equals(found.variant())) {
      fail(Errors.otherVariant(found));
      return;
    }
    account.uses(found);
    open(holder);
  }

  /** A session that could not be stored would cost the container its work for nothing. */
  private void placeUnbound() {
    if (invocation().opens() && !services.store().available()) {
      fail(Errors.noStore());
    } else {
      place();
    }
  }

  /** Place, for a request that is not: any instance that may take it. */
  private void place() {
    Invocation in = invocation();
    Member chosen =
        services
            .placement()
            .place(in.endpoint(), in.variant(), in.opens(), tried == null ? List.of() : tried);
    Integer max = in.endpoint().settings().sessions().maxPerInstance();
    if (chosen == null) {
      fail(
          slotsTaken
              ? Errors.noSlot(in.endpointName())
              : services.placement().refusal(in.endpoint(), in.variant(), in.opens()));
    } else if (in.opens() && max != null) {
      reserve(chosen, max);
    } else {
      open(chosen);
    }
  }

  private void reserve(Member chosen, int max) {
    String id = chosen.instance().id();
    services
        .sessions()
        .reserve(invocation().endpointName(), id, max)
        .onComplete(slot -> client.loop().execute(() -> reserved(chosen, slot)));
  }

  private void reserved(Member chosen, AsyncResult<Sessions.@Nullable Slot> taken) {
    Sessions.Slot slot = taken.result();
    if (slot != null) {
      account.reserved(slot);
    }
    if (over) {
      account.releaseSlot();
    } else if (taken.failed()) {
      fail(Errors.internal(taken.cause()));
    } else if (slot == null) {
      slotsTaken = true;
      tryAnother(chosen);
    } else {
      open(chosen);
    }
  }

  private void tryAnother(Member failed) {
    if (tried == null) {
      tried = new ArrayList<>(2);
    }
    tried.add(failed);
    place();
  }

  /** Open: connect before the body is read, so that a failed connect costs nothing. */
  private void open(Member chosen) {
    member = chosen;
    InstanceConnection idle = desk.connections().idle(chosen.instance());
    if (idle != null) {
      sendOn(idle);
    } else {
      desk.connections().connect(chosen.instance(), timeouts().connect(), this);
    }
  }

  @Override
  public void onUnreachable() {
    if (over) {
      return;
    }
    Member failed = member();
    services.fleet().failed(failed);
    account.releaseSlot();
    if (session == null) {
      tryAnother(failed);
    } else if (failed.lost(session)) {
      lose(session);
    } else {
      fail(Errors.unreachable(session.id()));
    }
  }

  @Override
  public void onConnection(InstanceConnection connection) {
    if (over) {
      connection.unused();
      return;
    }
    sendOn(connection);
    connection.flush();
  }

  /** Unflushed: most often the body follows in the same network read, and goes in one write. */
  private void sendOn(InstanceConnection connection) {
    instance = connection;
    account.sent(member());
    connection.begin(containerHead(), this);
    client.writeContinue();
    body.passTo(connection);
    awaitProgress();
  }

  private HttpRequest containerHead() {
    HttpHeaders headers = invocation().request().headers();
    headers.add(HttpHeaderNames.HOST, member().instance().authority());
    if (invocation().contentLength() < 0) {
      headers.add(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    } else {
      headers.add(
          HttpHeaderNames.CONTENT_LENGTH, Long.toString(invocation().contentLength()));
    }
    return new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, CONTAINER_PATH, headers);
  }

  /** The container has answered; errors are collected and passed on as such. */
  @Override
  public void onHead(HttpResponse head) {
    services.fleet().answered(member());
    Session resumed = session;
    if (resumed != null && BootId.differs(head, resumed.epoch())) {
      lose(resumed);
    } else if (head.status().codeClass() != HttpStatusClass.SUCCESS) {
      errorStatus = head.status().code();
      errorBody = new ErrorBody();
      client.await(ClientStream.Phase.FIRST_BYTE, timeouts().firstByte().toNanos());
    } else {
      client.await(ClientStream.Phase.STREAM, timeouts().stream().toNanos());
      settle(head);
    }
  }

  /** Settle: the affinity is stored, or dropped, before the client sees a byte. */
  private void settle(HttpResponse head) {
    try {
      SessionHeader opened =
          invocation().opens() ? SessionHeader.opened(head.headers()) : null;
      Session resumed = session;
      if (opened != null) {
        store(head, opened);
      } else if (resumed != null && closes(head, resumed)) {
        holdAnswer();
        whenDone(
            services.sessions().close(invocation().endpointName(), resumed),
            done -> relay(head, null, resumed.id()),
            unstored -> fail(Errors.closeNotStored(resumed.id())));
      } else {
        relay(head, null, null);
      }
    } catch (RouterException unusable) {
      fail(unusable);
    }
  }

  private static boolean closes(HttpResponse head, Session session) {
    String closed = head.headers().get(SessionHeader.CLOSED_SESSION_ID);
    return closed != null && closed.strip().equals(session.id());
  }

  private void store(HttpResponse head, SessionHeader opened) {
    holdAnswer();
    String endpoint = invocation().endpointName();
    Settings.Sessions limits = invocation().endpoint().settings().sessions();
    Session begun =
        opened.toSession(
            member().instance(),
            BootId.of(head, member().health().epoch()),
            services.clock().instant(),
            limits.maxTtl());
    services
        .sessions()
        .open(endpoint, begun)
        .onComplete(stored -> client.loop().execute(() -> stored(head, begun, stored)));
  }

  /** The client may have left meanwhile: then nobody knows the session, and it must not stay. */
  private void stored(HttpResponse head, Session begun, AsyncResult<Boolean> stored) {
    boolean mine = stored.succeeded() && stored.result();
    if (over || stored.failed()) {
      services.closer().close(invocation().endpointName(), begun);
    }
    if (over && mine) {
      services.sessions().close(invocation().endpointName(), begun);
    } else if (mine) {
      account.opened(begun);
      relay(head, SessionHeader.value(begun), null);
    } else if (stored.failed()) {
      fail(Errors.openNotStored());
    } else {
      fail(Errors.idTaken(invocation().endpointName()));
    }
  }

  private void holdAnswer() {
    heldAnswer = new ArrayDeque<>(4);
    instance().pause();
  }

  /** Relay: the client sees bytes. */
  private void relay(HttpResponse head, @Nullable String newSession, @Nullable String closed) {
    responding = true;
    account.firstByte();
    client.writeHead(ResponseHead.of(head, member().instance().variant(), newSession, closed));
    ArrayDeque<HttpContent> held = heldAnswer;
    heldAnswer = null;
    if (held != null) {
      held.forEach(this::pass);
      client.flush();
      resumeAnswer();
    }
  }

  private void pass(HttpContent content) {
    if (content instanceof LastHttpContent) {
      over = true;
      account.succeeded();
      body.drop();
      client.writeContent(RequestBody.withoutTrailers(content));
      return;
    }
    client.writeContent(content);
    InstanceConnection from = instance;
    if (from != null && !client.writable()) {
      from.pause();
    }
  }

  // What the client does meanwhile

  void onBody(HttpContent content) {
    if (over) {
      content.release();
      return;
    }
    body.add(content);
    long maxBody = invocation().endpoint().settings().limits().maxBody();
    if (body.bytes() > maxBody) {
      fail(Admission.bodyTooLarge(maxBody));
    } else if (!responding && instance != null) {
      awaitProgress();
    }
  }

  private void awaitProgress() {
    if (body.ended()) {
      client.await(ClientStream.Phase.FIRST_BYTE, timeouts().firstByte().toNanos());
    } else {
      client.await(ClientStream.Phase.BODY, desk.http().bodyTimeout().toNanos());
    }
  }

  void onClientReadComplete() {
    InstanceConnection to = instance;
    if (to != null && !body.ended()) {
      to.flush();
    }
  }

  void onClientWritable() {
    resumeAnswer();
  }

  private void resumeAnswer() {
    InstanceConnection from = instance;
    if (from != null && heldAnswer == null && client.writable()) {
      from.resume();
    }
  }

  void onClientGone() {
    if (!over) {
      end();
      account.clientGone();
    }
  }

  void onLate(ClientStream.Phase phase) {
    switch (phase) {
      case BODY ->
          fail(
              instance().writable()
                  ? ClientConnection.tooSlow("body", desk.http().bodyTimeout())
                  : ModelError.timedOut(variant(), desk.http().bodyTimeout()));
      case FIRST_BYTE -> fail(ModelError.timedOut(variant(), timeouts().firstByte()));
      case STREAM -> fail(ModelError.timedOut(variant(), timeouts().stream()));
      default -> throw new IllegalStateException("no deadline in phase " + phase);
    }
  }

  // What the instance does

  @Override
  public void onContent(HttpContent content) {
    boolean last = content instanceof LastHttpContent;
    if (last) {
      instance = null;
    }
    if (errorBody != null) {
      onErrorBody(errorBody, content, last);
    } else if (heldAnswer != null) {
      heldAnswer.add(content);
    } else {
      pass(content);
    }
  }

  private void onErrorBody(ErrorBody collected, HttpContent content, boolean last) {
    boolean full = collected.add(content.content());
    content.release();
    if (last || full) {
      fail(ModelError.answered(variant(), errorStatus, collected.text()));
    }
  }

  @Override
  public void onReadComplete() {
    client.flush();
  }

  @Override
  public void onWritable() {
    client.resumeBody();
  }

  @Override
  public void onBroken(Break why) {
    instance = null;
    if (!responding) {
      services.fleet().failed(member());
    }
    fail(ModelError.unusable(variant(), why.text()));
  }

  // Ends

  /** The one way a request fails: the instance is let go, and the client is told what it can be. */
  void fail(RouterException failure) {
    if (over) {
      return;
    }
    end();
    account.failed(failure, responding, client.requestId());
    if (responding) {
      client.abort();
    } else {
      client.writeError(failure);
    }
  }

  /** Its instance is gone: the session is dropped, and never moved. */
  private void lose(Session lost) {
    services.sessions().lose(invocation().endpointName(), lost);
    fail(Errors.lost(lost.id()));
  }

  private void end() {
    over = true;
    InstanceConnection cancelled = instance;
    instance = null;
    if (cancelled != null) {
      cancelled.cancel();
    }
    body.drop();
    ArrayDeque<HttpContent> held = heldAnswer;
    heldAnswer = null;
    if (held != null) {
      held.forEach(ReferenceCountUtil::release);
    }
  }

  // Waiting

  private <T> void whenDone(Future<T> future, Consumer<T> next) {
    whenDone(future, next, failure -> fail(Errors.internal(failure)));
  }

  private <T> void whenDone(Future<T> future, Consumer<T> next, Consumer<Throwable> failed) {
    future.onComplete(
        result ->
            client
                .loop()
                .execute(
                    () -> {
                      if (!over) {
                        if (result.succeeded()) {
                          next.accept(result.result());
                        } else {
                          failed.accept(result.cause());
                        }
                      }
                    }));
  }

  // What is known by now

  private Invocation invocation() {
    return known(invocation);
  }

  private String sessionId() {
    return known(invocation().sessionId());
  }

  private Member member() {
    return known(member);
  }

  private InstanceConnection instance() {
    return known(instance);
  }

  private String variant() {
    return member().instance().variant();
  }

  private Settings.Timeouts timeouts() {
    return invocation().endpoint().settings().timeouts();
  }

  private static <T> T known(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("asked for before it was known");
    }
    return value;
  }
}
