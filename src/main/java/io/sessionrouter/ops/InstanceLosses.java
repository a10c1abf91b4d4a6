package io.sessionrouter.ops;

import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Health;
import io.sessionrouter.fleet.Member;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks which instances of the fleet lost the state of their sessions: those that left, that are
 * gone, or that began anew since this replica met them.
 */
final class InstanceLosses {
  /**
   * How long an instance is gone before that is taken to be more than a view of this replica, which
   * another does not share. Requests do not wait for it: they have met a closed door themselves.
   */
  static final Duration CERTAIN = Duration.ofSeconds(10);

  /** The boot that each instance had when it was first met, where it tells one. */
  private final Map<Key, String> met = new HashMap<>();

  private record Key(String endpoint, String instance) {}

  /** The last loss of every instance that had one. */
  List<InstanceLoss> look(Collection<EndpointFleet> endpoints, long now) {
    List<InstanceLoss> losses = new ArrayList<>();
    Set<Key> present = new HashSet<>();
    for (EndpointFleet endpoint : endpoints) {
      String name = endpoint.settings().name();
      endpoint
          .departed()
          .forEach(d -> losses.add(new InstanceLoss(name, d.instance(), d.at(), true)));
      for (Member member : endpoint.members()) {
        Key key = new Key(name, member.instance().id());
        present.add(key);
        add(losses, key, member.health(), now);
      }
    }
    met.keySet().retainAll(present);
    return losses;
  }

  private void add(List<InstanceLoss> losses, Key key, Health health, long now) {
    long at = Math.max(health.goneAt(), restartedAt(key, health));
    boolean certain = health.state() != Health.State.GONE || now - at >= CERTAIN.toMillis();
    if (at > 0 && certain) {
      losses.add(new InstanceLoss(key.endpoint, key.instance, at, false));
    }
  }

  /** 0 if it still has the boot it was met with. */
  private long restartedAt(Key key, Health health) {
    if (health.epoch().isEmpty()) {
      return 0;
    }
    String first = met.putIfAbsent(key, health.epoch());
    return first == null || first.equals(health.epoch()) ? 0 : health.epochSince();
  }
}
