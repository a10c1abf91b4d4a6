package io.sessionrouter.fleet.discovery;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * The watches of pods: one for each namespace, for as long as somebody uses it. Guarded by its
 * owner.
 */
final class PodWatches {
  private final BiFunction<String, PodStarts, PodWatch> newWatch;
  private final Map<String, Shared> byNamespace = new HashMap<>();

  /** The watch of one namespace, and how many use it. */
  private static final class Shared {
    private final PodStarts starts;
    private final PodWatch watch;
    private int users;

    Shared(PodStarts starts, PodWatch watch) {
      this.starts = starts;
      this.watch = watch;
    }
  }

  /**
   * @param newWatch makes the watch of a namespace, which reports to the given starts
   */
  PodWatches(BiFunction<String, PodStarts, PodWatch> newWatch) {
    this.newWatch = newWatch;
  }

  /** What is known of the namespace's pods, until the caller releases it. */
  PodStarts use(String namespace) {
    Shared used = byNamespace.computeIfAbsent(namespace, this::begin);
    used.users++;
    return used.starts;
  }

  private Shared begin(String namespace) {
    PodStarts starts = new PodStarts();
    PodWatch watch = newWatch.apply(namespace, starts);
    watch.start();
    return new Shared(starts, watch);
  }

  void release(String namespace) {
    Shared used = byNamespace.get(namespace);
    if (used != null && --used.users == 0) {
      byNamespace.remove(namespace);
      used.watch.stop();
    }
  }

  /** Ends all watches. */
  void stop() {
    byNamespace.values().forEach(one -> one.watch.stop());
  }
}
