package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.sessionrouter.domain.FailureKind;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What principals use and what they are refused. A principal is a label for as many as fit on a
 * dashboard; the rest are counted together.
 */
public final class PrincipalMeters {
  static final int MOST_THROTTLED = 100;
  static final int MOST_SESSIONS = 20;

  /** No principal has such a name. */
  static final String OTHERS = "(others)";

  private final MeterRegistry registry;
  private final Gauges gauges;
  private final Set<String> throttled = ConcurrentHashMap.newKeySet();
  private final Map<Owned, Shown> shown = new HashMap<>();

  public PrincipalMeters(MeterRegistry registry) {
    this.registry = registry;
    this.gauges = new Gauges(registry);
  }

  /** Whose sessions of which endpoint. */
  public record Owned(String endpoint, String principal) {}

  /** How many there are. */
  public record Count(Owned owned, long sessions) {}

  private record Shown(AtomicLong sessions, Gauges.Source gauge) {}

  /**
   * A request was refused because a quota was used up.
   *
   * @param why of the kinds that are throttled
   */
  public void throttled(String endpoint, String principal, FailureKind why) {
    boolean known = throttled.contains(principal);
    boolean named = known || (throttled.size() < MOST_THROTTLED && throttled.add(principal));
    String reason = why.label().substring(why.label().indexOf('_') + 1);
    Metric.THROTTLED.counter(registry, endpoint, named ? principal : OTHERS, reason).increment();
  }

  /** All live sessions that this replica knows owners of; shows the principals with the most. */
  public synchronized void sessions(Collection<Count> all) {
    List<Count> top =
        all.stream()
            .sorted(Comparator.comparingLong(Count::sessions).reversed())
            .limit(MOST_SESSIONS)
            .toList();
    Set<Owned> kept = new HashSet<>();
    for (Count count : top) {
      kept.add(count.owned);
      shown.computeIfAbsent(count.owned, this::show).sessions.set(count.sessions);
    }
    shown
        .entrySet()
        .removeIf(
            each -> {
              boolean gone = !kept.contains(each.getKey());
              if (gone) {
                each.getValue().gauge.remove();
              }
              return gone;
            });
  }

  private Shown show(Owned owned) {
    AtomicLong sessions = new AtomicLong();
    return new Shown(
        sessions,
        gauges.show(Metric.PRINCIPAL_SESSIONS, sessions::get, owned.endpoint, owned.principal));
  }
}
