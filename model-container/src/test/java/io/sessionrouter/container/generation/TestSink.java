package io.sessionrouter.container.generation;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A sink that a test opens, shuts and closes, and whose reader has or has not seen something. */
final class TestSink implements TokenSink {
  final List<Token> tokens = new CopyOnWriteArrayList<>();
  private volatile boolean ready = true;
  private volatile boolean closed;
  private volatile boolean seen;
  private volatile Runnable wake = () -> {};
  private volatile Consumer<Token> then = token -> {};

  /** Its reader sees each token, so nothing can be taken back. */
  TestSink seen() {
    seen = true;
    return this;
  }

  /** What happens on the engine thread when a token comes. */
  TestSink then(Consumer<Token> action) {
    then = action;
    return this;
  }

  void full() {
    ready = false;
  }

  void drained() {
    ready = true;
    wake.run();
  }

  void close() {
    closed = true;
    wake.run();
  }

  String text() {
    return tokens.stream().map(Token::text).collect(Collectors.joining());
  }

  @Override
  public void accept(Token token) {
    tokens.add(token);
    then.accept(token);
  }

  @Override
  public boolean wantsLogprobs() {
    return true;
  }

  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public boolean closed() {
    return closed;
  }

  @Override
  public void onReady(Runnable newWake) {
    wake = newWake;
  }

  @Override
  public boolean withdraw() {
    return !seen;
  }
}
