package io.sessionrouter.container.api;

import io.sessionrouter.container.text.TextSink;

/** Collects a reply into one text; says when it begins. */
final class ReplyText implements TextSink {
  private final StringBuilder text = new StringBuilder();
  private final Runnable onFirst;

  ReplyText(Runnable onFirst) {
    this.onFirst = onFirst;
  }

  @Override
  public void accept(String piece) {
    if (text.isEmpty()) {
      onFirst.run();
    }
    text.append(piece);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
