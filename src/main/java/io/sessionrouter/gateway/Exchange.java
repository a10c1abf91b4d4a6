package io.sessionrouter.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.sessionrouter.container.BootId;
import io.sessionrouter.container.ContainerContract;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import io.sessionrouter.endpoint.Timeouts;
import io.sessionrouter.fleet.InstanceFailure;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.gateway.AffinityCommit.Begun;
import io.sessionrouter.gateway.AffinityCommit.Settled;
import io.sessionrouter.models.LoadedModel;
import io.sessionrouter.upstream.ConnectFailure;
import io.sessionrouter.upstream.Connections;
import io.sessionrouter.upstream.InstanceConnection;
import io.sessionrouter.upstream.ResponseHandler;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, from the first to the last byte. Lives on its client's event loop.
 *
 * <p>The path is {@code admit → resolve → place → open → (the container works) → settle → relay};
 * what begins here was admitted. Each step calls the next, at once where the answer is at hand; a
 * step that must wait goes on in a callback on the same event loop. Whatever goes wrong ends in
 * {@link #fail}.
 */
final class Exchange implements ResponseHandler, Connections.Waiting {

  private final ClientStream client;
  private final EventLoopContext desk;
  private final PathDependencies services;
  private final Invocation invocation;
  private final Account account;
  private final RequestBody body;
  private final Relay relay;
  private final ConnectRetry reach = new ConnectRetry();
  private final RouteFinder routing;
  private @Nullable Member member;
  private @Nullable InstanceConnection instance;
  private @Nullable ErrorBody errorBody;
  private boolean sent;
  private boolean answered;
  private boolean over;

  /**
   * @param invocation was admitted
   */
  Exchange(ClientStream client, EventLoopContext desk, Invocation invocation) {
    this.client = client;
    this.desk = desk;
    this.services = desk.services();
    this.invocation = invocation;
    this.account = new Account(services, client, invocation);
    this.body = new RequestBody(client);
    this.relay = new Relay(client, invocation.operation());
    this.routing = new RouteFinder(this, client, services, invocation, account, reach);
  }

  // The path

  /** Resolve and place are {@link RouteFinder}'s; it goes on with {@link #open}. */
  void begin() {
    client.await(ClientStream.Phase.NONE, 0);
    routing.begin();
  }

  /** Open: connect before the body is read, so that a failed connect costs nothing. */
  void open(Member chosen) {
    member = chosen;
    reach.begin(timeouts().reach());
    InstanceConnection idle = desk.connections().idle(chosen.instance());
    if (idle != null) {
      sendOn(idle);
    } else {
      connect(chosen);
    }
  }

  private void connect(Member to) {
    Duration timeout = timeouts().connect();
    desk.connections().connect(to.instance(), timeout, reach.deadline(timeout), this);
  }

  @Override
  public boolean wanted() {
    return !over;
  }

  @Override
  public void onUnreachable(ConnectFailure why) {
    if (!over) {
      failedBy(InstanceFailures.of(why));
      if (sent) {
        fail(ModelError.unusable(variant(), Break.CLOSED_IDLE.text()));
      } else {
        routing.unreachable(member());
      }
    }
  }

  private void failedBy(InstanceFailure failure) {
    services.fleet().failed(member(), failure, account);
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
    if (!sent) {
      sent = true;
      String parent = account.sent(member());
      if (parent != null) {
        invocation.request().traceUnder(parent);
      }
    }
    connection.begin(routing.path(), invocation.request(), invocation.contentLength(), this);
    client.writeContinue();
    body.passTo(connection);
    awaitProgress();
  }

  /** The container has answered; errors are collected and passed on as such. */
  @Override
  public void onHead(HttpResponse head) {
    answered = true;
    services.fleet().answered(member(), account);
    account.answered(head);
    Session resumed = routing.session();
    if (resumed != null && BootId.differs(head, resumed.bootId())) {
      settlement().discard(head, member(), null);
      routing.answeredByAnother(resumed, BootId.of(head, ""));
    } else if (head.status().codeClass() != HttpStatusClass.SUCCESS) {
      settlement().discard(head, member(), resumed);
      errorBody = new ErrorBody(head);
      body.drop(); // RFC 9112 §9.5: it was refused, so the rest of it is of no use
      client.await(ClientStream.Phase.FIRST_BYTE, timeouts().firstByte().toNanos());
    } else {
      client.await(ClientStream.Phase.STREAM, timeouts().stream().toNanos());
      settle(head);
    }
  }

  /** Settle: the affinity is stored, or dropped, before the client sees a byte. */
  private void settle(HttpResponse head) {
    AffinityCommit settlement = settlement();
    Session resumed = routing.session();
    Begun begun;
    try {
      begun = settlement.begun(head, member());
    } catch (RouterException unusable) {
      settlement.discard(head, member(), resumed);
      fail(unusable);
      return;
    }
    Session ended = resumed != null && AffinityCommit.closes(head, resumed) ? resumed : null;
    if (begun == null && ended == null) {
      relay(head, null);
      return;
    }
    holdAnswer(begun == null ? "close" : "open");
    settlement
        .settle(begun, ended)
        .onComplete(settled -> client.loop().execute(() -> settled(head, settlement, settled)));
  }

  private void settled(HttpResponse head, AffinityCommit settlement, AsyncResult<Settled> result) {
    account.trace().storeEnded(result.failed());
    Settled settled = result.result();
    Session begun = settled == null ? null : settled.begun();
    if (settled == null) {
      fail(Errors.internal(result.cause()));
    } else if (!over) {
      if (begun != null) {
        account.opened(begun);
      }
      relay(head, settled);
    } else if (begun != null) {
      settlement.undo(begun);
    }
  }

  private AffinityCommit settlement() {
    return new AffinityCommit(services, invocation);
  }

  /** Until the store has answered. */
  private void holdAnswer(String question) {
    account.trace().storeBegins(question);
    relay.hold();
    instance().pause();
  }

  /** Relay: the client sees bytes. */
  private void relay(HttpResponse head, @Nullable Settled settled) {
    account.firstByte();
    relay.begin(new AnswerHead(invocation.operation(), head, variant(), settled));
    if (relay.complete()) {
      succeed();
    } else {
      resumeAnswer();
    }
  }

  private void succeed() {
    over = true;
    relay.finish();
    account.moved(body.bytes(), relay.bytes());
    account.succeeded();
    body.drop();
    client.end();
  }

  // What the client does meanwhile

  void onBody(ByteBuf data, boolean last) {
    if (over) {
      data.release();
      return;
    }
    body.add(data, last);
    long maxBody = invocation.endpoint().settings().limits().maxBody();
    if (body.bytes() > maxBody) {
      fail(Admission.bodyTooLarge(maxBody));
    } else if (!answered && instance != null) {
      awaitProgress();
    }
  }

  /** Whether it was late, and not its client. */
  private void onLateInstance() {
    if (!answered) {
      failedBy(InstanceFailure.NO_FIRST_BYTE);
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
    if (from != null && !relay.held() && client.writable()) {
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
      case BODY -> {
        if (instance().writable()) {
          fail(Errors.tooSlow("body", desk.http().bodyTimeout()));
        } else {
          onLateInstance();
          fail(ModelError.timedOut(variant(), desk.http().bodyTimeout()));
        }
      }
      case LOAD -> fail(Errors.modelNotReady(known(invocation.model())));
      case FIRST_BYTE -> {
        onLateInstance();
        fail(ModelError.timedOut(variant(), timeouts().firstByte()));
      }
      case STREAM -> fail(ModelError.timedOut(variant(), timeouts().stream()));
      default -> throw new IllegalStateException("no deadline in phase " + phase);
    }
  }

  // What the instance does

  @Override
  public void onContent(ByteBuf data) {
    ErrorBody collected = errorBody;
    if (collected != null) {
      boolean full = collected.add(data);
      data.release();
      if (full) {
        letGo();
        refused(collected);
      }
      return;
    }
    relay.add(data);
    InstanceConnection from = instance;
    if (from != null && !client.writable()) {
      from.pause();
    }
  }

  @Override
  public void onEnd() {
    instance = null;
    if (errorBody != null) {
      refused(errorBody);
    } else if (relay.held()) {
      relay.completed();
    } else {
      succeed();
    }
  }

  /** Its error may say that the model is not there any more; then it is asked, and not guessed. */
  private void refused(ErrorBody error) {
    LoadedModel named = routing.model();
    if (named != null && mayBeGone(error.status())) {
      whenDone(services.models().gone(named), gone -> refused(error, gone));
    } else {
      fail(error.toError(variant()));
    }
  }

  /**
   * Model servers answer 503 for a model without workers; a session's state is not judged by it.
   */
  private boolean mayBeGone(int status) {
    return status == ContainerContract.NOT_FOUND
        || (status == ContainerContract.UNAVAILABLE && routing.session() == null);
  }

  private void refused(ErrorBody error, boolean modelGone) {
    Session resumed = routing.session();
    if (!modelGone) {
      fail(error.toError(variant()));
    } else if (resumed != null) {
      lose(resumed);
    } else {
      services.models().want(invocation.endpoint(), variant(), known(invocation.model()));
      fail(Errors.modelNotReady(known(invocation.model())));
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
    ErrorBody collected = errorBody;
    if (collected != null) {
      refused(collected); // its status says more than how its connection ended
      return;
    }
    if (!answered) {
      failedBy(InstanceFailures.of(why));
    }
    if (why == Break.CLOSED_IDLE && body.untouched()) {
      connect(member()); // of a request without its body nothing can have been done
      return;
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
    account.failed(failure, relay.begun());
    relay.fail(failure);
  }

  /** Its instance is gone: the session is dropped, and never moved. */
  void lose(Session lost) {
    settlement().lose(lost);
    fail(Errors.lost(lost.id()));
  }

  private void end() {
    over = true;
    account.moved(body.bytes(), relay.bytes());
    routing.cancel();
    letGo();
    body.drop();
    relay.drop();
  }

  private void letGo() {
    InstanceConnection cancelled = instance;
    instance = null;
    if (cancelled != null) {
      cancelled.cancel();
    }
  }

  // What is known by now

  /** Goes on with the result on the event loop, unless the request is over by then. */
  <T> void whenDone(Future<T> future, Consumer<T> next) {
    whenDone(future, result -> {}, next);
  }

  /** As above, for what the store was asked. */
  <T> void whenStored(Future<T> future, Consumer<T> next) {
    whenDone(future, result -> account.trace().storeEnded(result.failed()), next);
  }

  private <T> void whenDone(Future<T> future, Consumer<AsyncResult<T>> first, Consumer<T> next) {
    future.onComplete(
        result ->
            client
                .loop()
                .execute(
                    () -> {
                      first.accept(result);
                      if (over) {
                        return;
                      }
                      if (result.succeeded()) {
                        next.accept(result.result());
                      } else {
                        fail(Errors.internal(result.cause()));
                      }
                    }));
  }

  boolean over() {
    return over;
  }

  /** What is held for the client on its way from and to the instance, in bytes. */
  long cost() {
    InstanceConnection to = instance;
    return body.cost() + relay.cost() + (to == null ? 0 : to.pendingBytes());
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

  private Timeouts timeouts() {
    return invocation.endpoint().settings().timeouts();
  }

  static <T> T known(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("asked for before it was known");
    }
    return value;
  }
}
