package io.sessionrouter.session;

import io.sessionrouter.domain.Loss;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many sessions this replica found lost, and with which instances, since somebody took the
 * counts. Bounded, also if nobody does.
 */
public final class LossCounts {
  private static final int MAX_INSTANCES = 1000;

  private final Map<Key, Long> counts = new HashMap<>();

  private record Key(String endpoint, String instance, Loss how) {}

  /** Sessions that were lost with one instance. */
  public record Lost(String endpoint, String instance, Loss how, long sessions) {}

  synchronized void add(String endpoint, String instance, Loss how) {
    Key key = new Key(endpoint, instance, how);
    if (counts.size() < MAX_INSTANCES || counts.containsKey(key)) {
      counts.merge(key, 1L, Long::sum);
    }
  }

  /** Takes the counts: they begin at nothing again. */
  public synchronized List<Lost> take() {
    List<Lost> taken = new ArrayList<>(counts.size());
    counts.forEach((key, n) -> taken.add(new Lost(key.endpoint, key.instance, key.how, n)));
    counts.clear();
    return taken;
  }
}
