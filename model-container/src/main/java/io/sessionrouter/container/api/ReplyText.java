package io.sessionrouter.container.api;

import io.sessionrouter.container.generation.Token;
import io.sessionrouter.container.generation.TokenSink;
import io.sessionrouter.container.telemetry.ContainerMetrics;

/** Collects a reply into one text; says when it begins, and counts its tokens. */
final class ReplyText implements TokenSink {
  private final StringBuilder text = new StringBuilder();
  private final ContainerMetrics metrics;
  private final RequestRecord record;
  private final String before;
  private final boolean details;
  private final IgnoredKeys ignored;

  ReplyText(ContainerMetrics metrics, RequestRecord record, Payload asked) {
    this.metrics = metrics;
    this.record = record;
    this.before = asked.parameters().fullText() ? asked.inputs() : "";
    this.details = asked.parameters().details();
    this.ignored = asked.ignored();
  }

  @Override
  public void accept(Token token) {
    if (!token.special()) {
      metrics.generatedToken();
    }
    if (text.isEmpty() && !token.text().isEmpty()) {
      record.firstText();
    }
    text.append(token.text());
  }

  /** What was generated, behind the input if that was asked for. */
  String full() {
    return before + text;
  }

  /** Whether it is to be said how it ended, where that is not said anyway. */
  boolean details() {
    return details;
  }

  /** What of the request had no meaning. */
  IgnoredKeys ignored() {
    return ignored;
  }
}
