package io.sessionrouter.gateway;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponse;
import io.sessionrouter.auth.signature.BodySignature;
import io.sessionrouter.domain.Loss;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import io.sessionrouter.fleet.InstanceFailure;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.gateway.AffinityCommit.Settled;
import io.sessionrouter.models.Models;
import io.sessionrouter.session.Sessions.OwnerSlot;
import io.sessionrouter.upstream.ConnectFailure;
import io.sessionrouter.upstream.ConnectHandler;
import io.sessionrouter.upstream.InstanceConnection;
import io.sessionrouter.upstream.ResponseHandler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, from the first to the last byte. Lives on its client's event loop.
 *
 * <p>The path of a request is the order of the methods below. What begins here was admitted. Each
 * step calls the next, at once where the answer is at hand; a step that must wait goes on with an
 * event on the same event loop. Whatever goes wrong ends in {@link #fail}.
 *
 * <pre>
 * run ─ find a route ─ onRoute ─ connect ─ onConnection ─ send ─ onHead ─ settle ─ onSettled ─ relay ─ onEnd
 *          ▲              │         │                                │                          │
 *          └─ unreachable ┴─────────┘       any step ─ fail ◀────────┴─ onBroken, onLate ───────┘
 * </pre>
 */
public final class Exchange
    implements RouteFinder.Listener,
        ConnectHandler,
        ResponseHandler,
        AffinityCommit.Listener,
        ContainerError.Listener,
        SignatureCheck.Owner {

  private final ClientStream client;
  private final EventLoopContext context;
  private final PathDependencies dependencies;
  private final Invocation invocation;
  private final RequestRecord record;
  private final Holdings holdings;
  private final InstanceStream instance;
  private final Relay relay;
  private final RouteFinder routes;
  private final @Nullable SignatureCheck signature;
  private @Nullable Route route;
  private @Nullable ContainerError error;
  private boolean sent;
  private boolean answered;
  private boolean over;

  Exchange(
      ClientStream client,
      EventLoopContext context,
      PathDependencies dependencies,
      Invocation invocation) {
    this.client = client;
    this.context = context;
    this.dependencies = dependencies;
    this.invocation = invocation;
    this.record = new RequestRecord(dependencies.records(), client, invocation);
    this.holdings = new Holdings(dependencies.routes().sessions(), invocation.endpointName());
    this.instance = new InstanceStream(client);
    this.relay = new Relay(client, invocation.operation());
    this.routes = new RouteFinder(dependencies.routes(), client.loop(), invocation, record, this);
    this.signature = signatureCheck(invocation.signature());
  }

  private @Nullable SignatureCheck signatureCheck(@Nullable BodySignature open) {
    return open == null
        ? null
        : new SignatureCheck(
            open,
            client,
            context.deadlines(),
            invocation,
            dependencies.routes().sessions(),
            holdings,
            instance,
            routes,
            this);
  }

  // The path

  public void run() {
    if (signature == null) {
      find();
    } else {
      signature.begin();
    }
  }

  /** Resolve and place: to which instance does the request go? */
  @Override
  public void find() {
    client.await(ClientStream.Phase.NONE, 0);
    if (!mayAct() || withinQuota()) {
      routes.find();
    }
  }

  @Override
  public boolean withinQuota() {
    try {
      holdings.use(
          dependencies
              .quotas()
              .begin(
                  invocation.asker().owner(),
                  invocation.endpointName(),
                  invocation.quota(),
                  invocation.contentLength()));
      if (signature != null && invocation.contentLength() < 0) {
        holdings.received(signature.bodyBytes());
      }
      return true;
    } catch (RouterException throttled) {
      fail(throttled);
      return false;
    }
  }

  @Override
  public void onSlot(OwnerSlot slot) {
    holdings.acquire(slot);
    if (over) {
      holdings.releaseAll();
    }
  }

  @Override
  public void onRoute(Route found) {
    holdings.acquire(found, mayAct());
    if (over) {
      holdings.release();
      return;
    }
    route = found;
    open(found.member());
  }

  /** Open: connect before the body is read, so that a failed connect costs nothing. */
  private void open(Member to) {
    InstanceConnection idle = context.connections().idle(to.instance());
    if (idle != null) {
      send(idle);
    } else {
      connect(to);
    }
  }

  /** Connects have a time of their own. */
  private void connect(Member to) {
    client.await(ClientStream.Phase.NONE, 0);
    Duration timeout = invocation.timeouts().connect();
    context
        .connections()
        .connect(to.instance(), timeout, routes.connects().deadline(timeout), this);
  }

  @Override
  public void onConnection(InstanceConnection connection) {
    if (!goesOn()) {
      connection.unused();
      return;
    }
    send(connection);
    connection.flush();
  }

  /** Unflushed: most often the body follows in the same network read, and goes in one write. */
  private void send(InstanceConnection connection) {
    Route to = route();
    if (!sent) {
      sent = true;
      holdings.begin(to.member());
      record.sent(to.member(), invocation.request());
    }
    instance.begin(connection, to, invocation, answerHandler());
    context.deadlines().awaitProgress(client, invocation, instance.bodyEnded());
  }

  private ResponseHandler answerHandler() {
    return signature == null ? this : signature.answer(this);
  }

  /** Settle: the affinity is stored before the client sees a byte. */
  @Override
  public void onHead(HttpResponse head) {
    answered = true;
    Route from = route();
    dependencies.fleet().answered(from.member(), record);
    holdings.answered();
    record.answered(head);
    context.deadlines().awaitEnd(client, invocation);
    new AffinityCommit(dependencies.affinities(), client.loop(), invocation, record.trace(), this)
        .settle(from, head);
  }

  @Override
  public void onStoring() {
    relay.hold();
    instance.pause();
  }

  /** Relay: the client sees bytes. */
  @Override
  public void onSettled(HttpResponse head, @Nullable Settled settled) {
    Session begun = settled == null ? null : settled.begun();
    if (begun != null) {
      holdings.opened(begun);
      record.opened(begun);
    }
    record.firstByte();
    relay.begin(new AnswerHead(invocation.operation(), head, route().variant(), settled));
    if (relay.complete()) {
      finish();
    } else {
      onClientWritable();
    }
  }

  @Override
  public void onContent(ByteBuf data) {
    ContainerError collected = error;
    if (collected != null) {
      if (collected.add(data)) {
        instance.cancel();
        collected.report();
      }
      return;
    }
    relay.add(data);
    if (!client.writable()) {
      instance.pause();
    }
  }

  @Override
  public void onEnd() {
    instance.answerEnded();
    if (error != null) {
      error.ended();
    } else if (relay.held()) {
      relay.completed();
    } else {
      finish();
    }
  }

  private void finish() {
    over = true;
    relay.finish();
    end();
    record.succeeded();
    client.end();
  }

  /** The one way a request fails: it releases all it holds, and its client gets the reason. */
  @Override
  public void fail(RouterException failure) {
    if (over) {
      return;
    }
    end();
    record.failed(failure, relay.begun());
    relay.fail(failure);
  }

  /** Releases all that the request occupies. */
  private void end() {
    over = true;
    record.moved(instance.bodyBytes(), relay.bytes());
    routes.cancel();
    instance.cancel();
    holdings.releaseAll();
    relay.drop();
    if (signature != null) {
      signature.drop();
    }
  }

  // Turns of the path

  @Override
  public boolean wanted() {
    return !over;
  }

  @Override
  public boolean mayAct() {
    return signature == null || signature.mayAct();
  }

  /** After a wait: the client may have left, and the endpoint may have been deleted. */
  @Override
  public boolean goesOn() {
    if (!over) {
      RouterException refusal = dependencies.admission().afterWait(invocation);
      if (refusal != null) {
        fail(refusal);
      }
    }
    return !over;
  }

  @Override
  public void onLoading(long nanos) {
    client.await(ClientStream.Phase.LOAD, nanos);
  }

  /** Errors are collected and passed on as such. */
  @Override
  public void onError(HttpResponse head) {
    error =
        new ContainerError(
            head, invocation, route(), dependencies.routes().models(), client.loop(), this);
    instance.dropBody(); // RFC 9112 §9.5: it was refused, so the rest of it is of no use
    context.deadlines().awaitFirstByte(client, invocation);
  }

  /** Its instance is gone: the session is dropped, and never moved. */
  @Override
  public void onLost(Session lost) {
    afterVerdict(
        () -> {
          Loss cause = invocation.endpoint().cause(lost);
          dependencies.routes().sessions().lose(invocation.endpointName(), lost, cause);
          fail(Errors.lost(lost.id()));
        });
  }

  @Override
  public void onNoRoute(RouterException why) {
    afterVerdict(() -> fail(why));
  }

  /** Its client is asked to come again: the body is gone by the time that a load may begin. */
  @Override
  public void onUnloaded() {
    String model = requireNonNull(invocation.model(), "model");
    afterVerdict(
        () -> {
          Models models = dependencies.routes().models();
          models.want(invocation.endpoint(), invocation.variant(), model);
          fail(Errors.modelNotReady(model));
        });
  }

  private void afterVerdict(Runnable event) {
    if (signature == null) {
      event.run();
    } else {
      signature.after(event);
    }
  }

  @Override
  public void onUnreachable(ConnectFailure why) {
    if (over) {
      return;
    }
    failedBy(InstanceFailures.of(why));
    if (sent) {
      fail(ModelError.unusable(route().variant(), Break.CLOSED_IDLE.text()));
      return;
    }
    if (!goesOn()) {
      return;
    }
    Route failed = route();
    if (failed.session() == null) {
      holdings.release();
    }
    routes.findAgain(failed);
  }

  private void failedBy(InstanceFailure failure) {
    dependencies.fleet().failed(route().member(), failure, record);
  }

  @Override
  public void onBroken(Break why) {
    instance.disconnected();
    ContainerError collected = error;
    if (collected != null) {
      collected.report(); // its status says more than how its connection ended
      return;
    }
    if (!answered) {
      failedBy(InstanceFailures.of(why));
    }
    boolean repeatable = instance.bodyUntouched() || invocation.operation().isSafe();
    if (why == Break.CLOSED_IDLE && repeatable) {
      connect(route().member()); // of a request without its body nothing can have been done
    } else {
      fail(ModelError.unusable(route().variant(), why.text()));
    }
  }

  // What the client does meanwhile

  public void onBody(ByteBuf data, boolean last) {
    if (over) {
      data.release();
      return;
    }
    if (invocation.contentLength() < 0) {
      holdings.received(data.readableBytes());
    }
    SignatureCheck check = signature;
    if (check == null) {
      instance.add(data, last);
    } else {
      check.add(data);
    }
    long maxBody = invocation.endpoint().settings().limits().maxBody();
    if ((check == null ? instance.bodyBytes() : check.bodyBytes()) > maxBody) {
      fail(Admission.bodyTooLarge(maxBody));
    } else if (check != null) {
      check.received(last);
    } else if (!answered && instance.connected()) {
      context.deadlines().awaitProgress(client, invocation, instance.bodyEnded());
    }
  }

  @Override
  public void onBodyPassed() {
    if (!answered && instance.connected()) {
      context.deadlines().awaitFirstByte(client, invocation);
    }
  }

  @Override
  public @Nullable Route placed() {
    return route;
  }

  public void onClientReadComplete() {
    instance.flush();
  }

  @Override
  public void onClientWritable() {
    if (!relay.held() && client.writable()) {
      instance.resume();
    }
  }

  public void onClientGone() {
    if (!over) {
      end();
      record.clientGone();
    }
  }

  /** A step took too long: by the client's fault only if the instance takes more of the body. */
  public void onLate(ClientStream.Phase phase) {
    boolean clientsTurn = instance.writable() || !instance.connected();
    if (phase == ClientStream.Phase.BODY && clientsTurn) {
      fail(context.deadlines().bodyTooSlow());
      return;
    }
    if (!answered && phase != ClientStream.Phase.LOAD) {
      failedBy(InstanceFailure.NO_FIRST_BYTE);
    }
    fail(context.deadlines().exceeded(phase, invocation, route));
  }

  @Override
  public void onReadComplete() {
    client.flush();
  }

  @Override
  public void onWritable() {
    client.resumeBody();
  }

  /** What is held for the client on its way from and to the instance, in bytes. */
  public long cost() {
    return instance.cost() + relay.cost() + (signature == null ? 0 : signature.cost());
  }

  private Route route() {
    return requireNonNull(route, "route");
  }
}
