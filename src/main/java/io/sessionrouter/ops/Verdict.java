package io.sessionrouter.ops;

import io.sessionrouter.ops.ConsoleSnapshot.LiveEndpoint;
import io.sessionrouter.ops.ConsoleSnapshot.Replica;
import io.sessionrouter.ops.ConsoleSnapshot.Store;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is wrong now, the worst first; nothing if all is well. */
final class Verdict {
  /** Of more instances in the same state, only the number is reported. */
  private static final int MAX_NAMED = 3;

  /** One missed check may be chance. */
  private static final int MISSED_CHECKS = 2;

  private final List<Problem> problems = new ArrayList<>();

  private Verdict() {}

  /** How bad a problem is. */
  enum Level {
    /** Clients notice it. */
    BAD,
    /** It needs a look. */
    WARN;

    /** As it is sent. */
    @Override
    public String toString() {
      return this == BAD ? "bad" : "warn";
    }
  }

  /**
   * Judges a snapshot.
   *
   * @param lost sessions lost in the last minutes, see {@link RecentLosses}
   */
  static List<Problem> of(ConsoleSnapshot snapshot, RecentLosses lost) {
    Verdict verdict = new Verdict();
    verdict.judge(snapshot.store(), snapshot.replica());
    snapshot.endpoints().forEach(endpoint -> verdict.judge(endpoint, lost));
    verdict.problems.sort(Comparator.comparing(Problem::level));
    return List.copyOf(verdict.problems);
  }

  private void add(Level level, String text) {
    problems.add(new Problem(level.toString(), text, null, null, null));
  }

  private void add(
      Level level,
      LiveEndpoint of,
      String text,
      @Nullable String instance,
      @Nullable Instant since) {
    problems.add(
        new Problem(level.toString(), of.name() + ": " + text, of.name(), instance, since));
  }

  private void judge(Store store, Replica replica) {
    if (!store.available()) {
      add(Level.BAD, "Redis does not answer: no new sessions, only those remembered here continue");
    } else if (store.error() != null) {
      add(Level.BAD, "Redis takes no new sessions: " + store.error());
    } else if (!store.subscribed()) {
      add(
          Level.WARN,
          "This router gets no notices of other routers' changes: every request asks Redis");
    }
    if (replica.configuration() != null) {
      add(Level.WARN, replica.configuration());
    }
    if (replica.openToAll()) {
      add(
          Level.WARN,
          "Everybody who reaches this router may do everything: session-router.auth=none");
    }
    if (replica.leaving()) {
      add(Level.WARN, "This router is about to stop and sends clients to others");
    }
  }

  private void judge(LiveEndpoint endpoint, RecentLosses lost) {
    judgeCapacity(endpoint);
    judgeLosses(endpoint, lost);
    judge(endpoint, "gone", endpoint.instances().stream().filter(Verdict::gone).toList());
    judge(endpoint, "unhealthy", endpoint.instances().stream().filter(Verdict::unhealthy).toList());
    judgeSilent(endpoint, endpoint.instances().stream().filter(Verdict::silent).toList());
    if (!endpoint.complete()) {
      add(Level.WARN, endpoint, "not all instances are known yet", null, null);
    }
    judgeFaults(endpoint);
  }

  private static boolean gone(InstanceView instance) {
    return instance.state() == InstanceState.GONE;
  }

  private static boolean unhealthy(InstanceView instance) {
    return instance.state() == InstanceState.UNHEALTHY;
  }

  private static boolean silent(InstanceView instance) {
    return instance.state() == InstanceState.HEALTHY && instance.missedChecks() >= MISSED_CHECKS;
  }

  private static boolean open(InstanceView instance) {
    return instance.state() == InstanceState.HEALTHY;
  }

  private void judgeCapacity(LiveEndpoint endpoint) {
    List<InstanceView> open = endpoint.instances().stream().filter(Verdict::open).toList();
    Integer slots = endpoint.sessions().maxPerInstance();
    if (endpoint.instances().isEmpty()) {
      add(Level.BAD, endpoint, "there are no instances", null, null);
    } else if (open.isEmpty()) {
      add(Level.BAD, endpoint, "no instance accepts new work", null, null);
    } else if (slots != null && open.stream().allMatch(i -> i.sessions() >= slots)) {
      add(Level.BAD, endpoint, "every session slot is taken", null, null);
    }
  }

  private void judgeLosses(LiveEndpoint endpoint, RecentLosses lost) {
    RecentLosses.Sum sum = lost.of(endpoint.name());
    if (sum.sessions() > 0) {
      String were = sum.sessions() == 1 ? " was lost" : " were lost";
      String with = sum.instance() == null ? "" : " with " + name(endpoint, sum.instance());
      String text = Words.sessions(sum.sessions()) + were + with + " in the last 5 min";
      add(Level.BAD, endpoint, text, sum.instance(), null);
    }
  }

  private static String name(LiveEndpoint endpoint, String id) {
    return endpoint.instances().stream()
        .filter(instance -> instance.id().equals(id))
        .map(InstanceView::shownName)
        .findFirst()
        .orElse(id);
  }

  private void judge(LiveEndpoint endpoint, String state, List<InstanceView> instances) {
    if (instances.size() > MAX_NAMED) {
      add(Level.WARN, endpoint, instances.size() + " instances are " + state, null, null);
      return;
    }
    for (InstanceView instance : instances) {
      String what = instance.shownName() + " is " + state;
      String text = Words.because(what, instance.lastFailure());
      add(Level.WARN, endpoint, text, instance.id(), instance.since());
    }
  }

  private void judgeSilent(LiveEndpoint endpoint, List<InstanceView> instances) {
    for (InstanceView instance : instances) {
      String text =
          "%s is not answering, %d of %d checks"
              .formatted(instance.shownName(), instance.missedChecks(), instance.checksAllowed());
      add(Level.WARN, endpoint, text, instance.id(), null);
    }
  }

  private void judgeFaults(LiveEndpoint endpoint) {
    Map<String, Long> faults = endpoint.minute().faults();
    if (!faults.isEmpty()) {
      String named =
          faults.entrySet().stream()
              .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
              .map(fault -> "%s (%d)".formatted(Words.label(fault.getKey()), fault.getValue()))
              .collect(Collectors.joining(", "));
      add(Level.WARN, endpoint, "requests failed in the last minute: " + named, null, null);
    }
  }
}
