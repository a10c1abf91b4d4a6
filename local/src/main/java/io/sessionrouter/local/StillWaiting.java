package io.sessionrouter.local;

import java.time.Duration;
import java.util.function.Consumer;

/** Says every few seconds what is being waited for, so that nobody takes it for dead. */
final class StillWaiting implements Consumer<Duration> {
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final Child child;
  private final Progress progress;
  private Duration next = PAUSE;

  StillWaiting(Child child, Progress progress) {
    this.child = child;
    this.progress = progress;
  }

  @Override
  public void accept(Duration waited) {
    if (waited.compareTo(next) >= 0) {
      next = next.plus(PAUSE);
      progress.step("%s: still starting (its log: %s)".formatted(child.name(), child.log()));
    }
  }
}
