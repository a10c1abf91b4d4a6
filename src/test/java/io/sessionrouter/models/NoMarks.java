package io.sessionrouter.models;

import io.sessionrouter.domain.LoadMarks;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A router whose Redis is away. */
public final class NoMarks implements LoadMarks {

  @Override
  public CompletionStage<Mark> claim(Key key, String load, String instance, Duration life) {
    return away();
  }

  @Override
  public CompletionStage<Mark> read(Key key) {
    return away();
  }

  @Override
  public void release(Key key, String load) {
    // Nothing was claimed.
  }

  @Override
  public void failed(Key key, String load, Mark.Failed why) {
    // Nobody hears of it.
  }

  private static CompletionStage<Mark> away() {
    return CompletableFuture.failedStage(new IllegalStateException("away"));
  }
}
