package io.sessionrouter.local;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Ends the processes that a killed launcher left behind. */
final class Leftovers {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private Leftovers() {}

  static void end(List<ProcessMark> leftovers, Progress progress) {
    if (leftovers.isEmpty()) {
      return;
    }
    progress.step("An earlier demo was killed and left processes behind: " + names(leftovers));
    List<ProcessHandle> processes =
        leftovers.stream().map(ProcessMark::process).flatMap(Optional::stream).toList();
    processes.forEach(ProcessHandle::destroy);
    processes.forEach(Leftovers::awaitEnd);
    progress.step("They are stopped now.");
  }

  private static String names(List<ProcessMark> leftovers) {
    return leftovers.stream()
        .map(mark -> "%s (%d)".formatted(mark.name(), mark.pid()))
        .collect(Collectors.joining(", "));
  }

  private static void awaitEnd(ProcessHandle process) {
    try {
      process.onExit().get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      process.destroyForcibly();
      process.onExit().join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
