package io.sessionrouter.fleet;

import io.sessionrouter.domain.Instance;
import io.sessionrouter.fleet.FleetUpdates.Vanished;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which instances one endpoint has, as its configuration and all its sources say together. */
final class Membership {
  /** In Kubernetes an endpoint may move from one slice to another, and be in none for a moment. */
  static final Duration MOVE_TIME = Duration.ofSeconds(2);

  /** How long an instance that DNS has dropped may fail its checks: it may only be busy. */
  static final Duration SILENCE = Duration.ofMinutes(1);

  private final long startedAt;
  private final List<SourceSnapshot> sources = new ArrayList<>();

  /** What nobody lists any more, and what may still have sessions. */
  private final List<SourceSnapshot> withdrawn = new ArrayList<>();

  private List<Instance> configured;
  private long longestMillis;

  /**
   * @param startedAt when the configuration was read
   * @param longest life of a session
   */
  Membership(List<Instance> configured, long startedAt, Duration longest) {
    this.configured = List.copyOf(configured);
    this.startedAt = startedAt;
    this.longestMillis = longest.toMillis();
  }

  /**
   * Takes other configured instances; those that are configured no more drain.
   *
   * @param longest life of a session from now on
   */
  synchronized void configure(List<Instance> now, Duration longest, long at) {
    longestMillis = longest.toMillis();
    Set<String> kept = now.stream().map(Instance::id).collect(Collectors.toUnmodifiableSet());
    withdrawn.forEach(s -> s.giveUp(l -> kept.contains(l.sighting().instance().id())));
    configured.stream().filter(i -> !kept.contains(i.id())).forEach(i -> withdraw(i, at));
    configured = List.copyOf(now);
  }

  private void withdraw(Instance instance, long at) {
    SourceSnapshot last = new SourceSnapshot(instance.variant(), Vanished.DRAINS);
    last.lists(List.of(new DiscoveredInstance(instance, Readiness.READY)), at);
    last.lists(List.of(), at);
    withdrawn.add(last);
  }

  /** The source is no source of the endpoint any more; what it listed drains. */
  synchronized void withdraw(SourceSnapshot source, long now) {
    if (sources.remove(source)) {
      source.silent(now);
      withdrawn.add(source);
    }
  }

  synchronized SourceSnapshot add(String variant, Vanished vanished) {
    SourceSnapshot added = new SourceSnapshot(variant, vanished);
    sources.add(added);
    return added;
  }

  synchronized void lists(SourceSnapshot source, Collection<DiscoveredInstance> all, long now) {
    source.lists(all, now);
  }

  synchronized void silent(SourceSnapshot source, long now) {
    source.silent(now);
  }

  synchronized void stillAt(SourceSnapshot source, long asOf) {
    source.stillAt(asOf);
  }

  /**
   * Drops instances that have been missing for long enough.
   *
   * @param health of an instance by its id, null if it is in the fleet no more
   * @return whether there were any
   */
  synchronized boolean settle(long now, Function<String, @Nullable Health> health) {
    boolean dropped = false;
    for (SourceSnapshot source : sources) {
      dropped |= source.giveUp(listed -> isOver(source.vanished(), listed, now, health));
    }
    for (SourceSnapshot source : withdrawn) {
      dropped |= source.giveUp(listed -> isOver(Vanished.DRAINS, listed, now, health));
    }
    withdrawn.removeIf(source -> source.missing().isEmpty());
    return dropped;
  }

  /** All instances, each once: what is listed comes before what is missing. */
  synchronized List<DiscoveredInstance> merged() {
    Map<String, DiscoveredInstance> byId = new LinkedHashMap<>();
    Set<String> addresses = new HashSet<>();
    configured.forEach(i -> add(byId, addresses, new DiscoveredInstance(i, Readiness.READY)));
    sources.forEach(s -> s.present().forEach(found -> add(byId, addresses, found)));
    sources.forEach(s -> s.missing().forEach(lost -> add(byId, addresses, lost)));
    // By whatever name sessions know it: what drains gets no share of new work.
    withdrawn.forEach(
        s -> s.missing().forEach(lost -> byId.putIfAbsent(lost.instance().id(), lost)));
    return List.copyOf(byId.values());
  }

  /** How far what is known of the variant's instances can be relied on. */
  synchronized SnapshotValidity.Until knownUntil(String variant) {
    long here = Long.MAX_VALUE;
    long all = Long.MAX_VALUE;
    for (SourceSnapshot source : sources) {
      if (source.variant().equals(variant)) {
        here = Math.min(here, source.knownUntil());
        all = Math.min(all, source.allKnownUntil());
      }
    }
    return here == Long.MAX_VALUE
        ? new SnapshotValidity.Until(startedAt, startedAt)
        : new SnapshotValidity.Until(here, all);
  }

  private boolean isOver(
      Vanished vanished,
      SourceSnapshot.Listed listed,
      long now,
      Function<String, @Nullable Health> health) {
    long missing = now - listed.missingSince();
    return switch (vanished) {
      case LEAVES ->
          missing >= longestMillis
              || (missing >= MOVE_TIME.toMillis() && !stillAnswers(listed, health));
      case DRAINS -> missing >= longestMillis || isDead(listed, now, health);
    };
  }

  /** Nobody asked it to end, and it is what it was: without a boot id that is unknown. */
  private static boolean stillAnswers(
      SourceSnapshot.Listed listed, Function<String, @Nullable Health> health) {
    Health found = health.apply(listed.sighting().instance().id());
    return !listed.ending()
        && found != null
        && found.state() == Health.State.HEALTHY
        && !found.bootId().isEmpty();
  }

  private static boolean isDead(
      SourceSnapshot.Listed listed, long now, Function<String, @Nullable Health> health) {
    Health found = health.apply(listed.sighting().instance().id());
    return found != null
        && switch (found.state()) {
          case GONE -> true;
          case UNHEALTHY -> found.failedChecks() > 0 && now - found.since() >= SILENCE.toMillis();
          case UNKNOWN, HEALTHY -> false;
        };
  }

  /** The same container under two names would be given twice its share. */
  private static void add(
      Map<String, DiscoveredInstance> byId, Set<String> addresses, DiscoveredInstance found) {
    Instance instance = found.instance();
    if (!byId.containsKey(instance.id()) && addresses.add(instance.authority())) {
      byId.put(instance.id(), found);
    }
  }
}
