package io.sessionrouter.gateway;

import io.netty.buffer.ByteBuf;
import io.sessionrouter.auth.signature.BodySignature;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.session.Sessions;
import io.sessionrouter.upstream.ResponseHandler;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a signed request beside the request's path, and lets the request have its
 * effects when it is verified. What must not happen before is in {@link Verification}.
 */
final class SignatureCheck {
  private final Verification verification;
  private final ClientStream client;
  private final StepDeadlines deadlines;
  private final Invocation invocation;
  private final Sessions sessions;
  private final Holdings holdings;
  private final InstanceStream instance;
  private final RouteFinder routes;
  private final Owner owner;

  /** Whose request it is; called on the event loop. */
  interface Owner {

    /** The path may begin. */
    void find();

    /** Counts the request in its caller's quota; if that is used up, the request is over. */
    boolean withinQuota();

    /** Where the request goes to; null while that is not known. */
    @Nullable Route placed();

    /** Whether the request is not over. */
    boolean wanted();

    /** The instance has the end of the body. */
    void onBodyPassed();

    /** All that waited for the verdict has happened. */
    void onClientWritable();

    void fail(RouterException why);
  }

  SignatureCheck(
      BodySignature signature,
      ClientStream client,
      StepDeadlines deadlines,
      Invocation invocation,
      Sessions sessions,
      Holdings holdings,
      InstanceStream instance,
      RouteFinder routes,
      Owner owner) {
    this.verification = new Verification(signature);
    this.client = client;
    this.deadlines = deadlines;
    this.invocation = invocation;
    this.sessions = sessions;
    this.holdings = holdings;
    this.instance = instance;
    this.routes = routes;
    this.owner = owner;
  }

  /** A request whose body decides who sent it waits for that, unless the body is too large. */
  void begin() {
    if (verification.begins()) {
      find();
    } else {
      client.writeContinue();
      awaitBody();
    }
  }

  private void find() {
    verification.begun();
    owner.find();
  }

  private void awaitBody() {
    deadlines.awaitProgress(client, invocation, false);
  }

  /** Whether it is known who sent the request, so that it may have effects. */
  boolean mayAct() {
    return verification.mayAct();
  }

  /** Hands what an instance answers to the exchange, as soon as that may be. */
  ResponseHandler answer(ResponseHandler exchange) {
    return verification.waits()
        ? new EarlyAnswer(verification, instance, client, exchange)
        : exchange;
  }

  /**
   * Lets something happen now, or after the verdict: what cannot be served is said to nobody but
   * who signed it.
   */
  void after(Runnable event) {
    if (verification.isVerified()) {
      event.run();
      return;
    }
    verification.defer(event);
    instance.dropBody();
    client.resumeBody();
    awaitBody();
  }

  /** A piece of the body; takes ownership. */
  void add(ByteBuf data) {
    verification.add(data);
  }

  /** Goes on with what came of the body. */
  void received(boolean last) {
    if (last) {
      verify();
      return;
    }
    verification.passTo(instance);
    if (!verification.hasBegun() && verification.begins()) {
      find();
    } else if (!verification.hasBegun() || instance.connected() || instance.dropsBody()) {
      awaitBody();
    }
  }

  private void verify() {
    try {
      verification.verify();
    } catch (RouterException forged) {
      owner.fail(forged);
      return;
    }
    if (!verification.hasBegun()) {
      onVerified();
      find();
    } else if (verification.decidedAtHead()) {
      onVerified();
    } else if (owner.withinQuota()) {
      Route placed = owner.placed();
      holdings.verified();
      routes.takeSlots(placed, slot -> onSlot(placed, slot));
    }
  }

  @SuppressWarnings("ReferenceEquality") // an equal route holds a slot of its own
  private void onSlot(@Nullable Route placed, Sessions.@Nullable Slot slot) {
    boolean wanted = owner.wanted();
    if (slot != null && (!wanted || owner.placed() != placed)) {
      sessions.release(slot);
    } else if (slot != null) {
      holdings.acquire(slot);
    }
    if (wanted) {
      onVerified();
    }
  }

  private void onVerified() {
    verification.passEndTo(instance);
    owner.onBodyPassed();
    verification.end();
    if (owner.wanted()) {
      owner.onClientWritable();
    }
  }

  /** How much of the body has come. */
  long bodyBytes() {
    return verification.bodyBytes();
  }

  /** What is kept, in bytes of memory. */
  long cost() {
    return verification.cost();
  }

  /** The request is over. */
  void drop() {
    verification.drop();
  }
}
