package io.sessionrouter.container.api;

import io.sessionrouter.container.generation.Token;
import io.sessionrouter.container.generation.TokenSink;
import io.sessionrouter.container.telemetry.ContainerMetrics;

/** Collects a reply into one text; says when it begins, and counts its tokens. */
final class ReplyText implements TokenSink {
  private final StringBuilder text = new StringBuilder();
  private final ContainerMetrics metrics;
  private final RequestRecord record;

  ReplyText(ContainerMetrics metrics, RequestRecord record) {
    this.metrics = metrics;
    this.record = record;
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

  @Override
  public String toString() {
    return text.toString();
  }
}
