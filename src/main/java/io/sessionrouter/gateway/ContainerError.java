package io.sessionrouter.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.sessionrouter.container.ContainerContract;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import io.sessionrouter.models.LoadedModel;
import io.sessionrouter.models.Models;
import io.vertx.core.AsyncResult;
import java.util.Arrays;

/**
 * An error that a container answered: its body as far as a client will be shown it, and what is to
 * be made of it. It may mean that the request's model is gone; then the container is asked, since a
 * status alone proves nothing.
 */
final class ContainerError {
  private static final int MAX_BYTES = 2048;

  /** Of an answer that goes to the client as it is: cut off, it could not be read. */
  private static final int MAX_WHOLE = 64 * 1024;

  private static final String COMPRESSED = "(compressed by the model container)";
  private final Invocation invocation;
  private final Route route;
  private final Models models;
  private final EventLoop loop;
  private final Listener listener;
  private final HttpResponse head;
  private final int status;
  private final boolean readable;
  private final int most;
  private byte[] bytes = new byte[MAX_BYTES];
  private int length;
  private boolean whole;

  /** Whose request it ends; called on the event loop, perhaps before {@link #report} returns. */
  interface Listener {

    /** Whether the request still runs. */
    boolean wanted();

    /** The state of the request's session is gone, with its model. */
    void onLost(Session lost);

    void fail(RouterException why);
  }

  /**
   * @param head of the container's answer
   * @param route that led to the container
   */
  ContainerError(
      HttpResponse head,
      Invocation invocation,
      Route route,
      Models models,
      EventLoop loop,
      Listener listener) {
    this.invocation = invocation;
    this.route = route;
    this.models = models;
    this.loop = loop;
    this.listener = listener;
    this.head = head;
    this.status = head.status().code();
    this.most = invocation.operation().isOpenAi() ? MAX_WHOLE : MAX_BYTES;
    this.readable = !isEncoded(head);
  }

  /** Whether the body is in a form that only its reader can undo. */
  static boolean isEncoded(HttpResponse answer) {
    String encoding = answer.headers().get(HttpHeaderNames.CONTENT_ENCODING);
    return encoding != null && !HttpHeaderValues.IDENTITY.contentEqualsIgnoreCase(encoding);
  }

  /**
   * Keeps as much as there is room for. Takes ownership.
   *
   * @return true when no more is wanted
   */
  boolean add(ByteBuf content) {
    int taken = Math.min(content.readableBytes(), most - length);
    if (length + taken > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.min(most, Math.max(length + taken, 2 * bytes.length)));
    }
    content.getBytes(content.readerIndex(), bytes, length, taken);
    length += taken;
    content.release();
    return length == most;
  }

  /** All of it is here. */
  void ended() {
    whole = true;
    report();
  }

  /** Ends the request with what is known of the error by now. */
  void report() {
    LoadedModel named = route.model();
    if (named == null || !mayMeanModelGone()) {
      listener.fail(toFailure());
      return;
    }
    models.gone(named).onComplete(gone -> loop.execute(() -> report(gone)));
  }

  /**
   * Model servers answer 503 for a model without workers; a session's state is not judged by it.
   */
  private boolean mayMeanModelGone() {
    return status == ContainerContract.NOT_FOUND
        || (status == ContainerContract.UNAVAILABLE && route.session() == null);
  }

  private void report(AsyncResult<Boolean> modelGone) {
    if (!listener.wanted()) {
      return;
    }
    Session resumed = route.session();
    if (modelGone.failed()) {
      listener.fail(Errors.internal(modelGone.cause()));
    } else if (!modelGone.result()) {
      listener.fail(toFailure());
    } else if (resumed != null) {
      listener.onLost(resumed);
    } else {
      String model = requireNonNull(invocation.model(), "model");
      models.want(invocation.endpoint(), route.variant(), model);
      listener.fail(Errors.modelNotReady(model));
    }
  }

  private ModelError toFailure() {
    int shown = Math.min(length, MAX_BYTES);
    String text = readable ? new String(bytes, 0, shown, UTF_8) : COMPRESSED;
    boolean passed = whole && invocation.operation().isOpenAi();
    return ModelError.answered(
        route.variant(),
        status,
        text,
        passed ? new ContainerAnswer(head, Arrays.copyOf(bytes, length)) : null);
  }
}
