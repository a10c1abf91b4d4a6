package io.sessionrouter.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.sessionrouter.upstream.ResponseHandler;

/**
 * The answer to a request that is not verified yet: its client sees nothing of it before the
 * verdict, and if that is bad, never.
 */
final class EarlyAnswer implements ResponseHandler {
  private final Verification verification;
  private final InstanceStream instance;
  private final ClientStream client;
  private final ResponseHandler exchange;

  EarlyAnswer(
      Verification verification,
      InstanceStream instance,
      ClientStream client,
      ResponseHandler exchange) {
    this.verification = verification;
    this.instance = instance;
    this.client = client;
    this.exchange = exchange;
  }

  @Override
  public void onHead(HttpResponse head) {
    if (!verification.waits()) {
      exchange.onHead(head);
      return;
    }
    instance.pause();
    if (head.status().codeClass() != HttpStatusClass.SUCCESS) {
      drainBody(); // RFC 9112 §9.5: it was refused, so the rest of it is of no use
    }
    verification.defer(() -> exchange.onHead(head));
  }

  /** The verdict needs the rest of the body, but nobody else does. */
  private void drainBody() {
    instance.dropBody();
    client.resumeBody();
  }

  @Override
  public void onContent(ByteBuf data) {
    if (verification.waits()) {
      verification.defer(data, () -> exchange.onContent(data));
    } else {
      exchange.onContent(data);
    }
  }

  @Override
  public void onEnd() {
    if (verification.waits()) {
      instance.answerEnded();
      client.resumeBody();
      verification.defer(exchange::onEnd);
    } else {
      exchange.onEnd();
    }
  }

  @Override
  public void onBroken(Break why) {
    boolean again = why == Break.CLOSED_IDLE && instance.bodyUntouched();
    if (again || !verification.waits()) {
      exchange.onBroken(why);
      return;
    }
    instance.disconnected();
    drainBody();
    verification.defer(() -> exchange.onBroken(why));
  }

  @Override
  public void onReadComplete() {
    exchange.onReadComplete();
  }

  @Override
  public void onWritable() {
    exchange.onWritable();
  }
}
