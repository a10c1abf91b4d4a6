package io.sessionrouter.lifecycle;

import io.sessionrouter.fleet.DepartedInstance;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Health;
import io.sessionrouter.fleet.Member;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks which instances of the fleet may have lost the state of sessions: those that left, and
 * those of which something new is known.
 */
final class InstanceLosses {
  private final Map<Key, InstanceLoss> met = new HashMap<>();

  private record Key(String endpoint, String instance, boolean left) {}

  /** What is known of every instance, as it was seen first. */
  List<InstanceLoss> look(Collection<EndpointFleet> endpoints, long now) {
    List<InstanceLoss> losses = new ArrayList<>();
    Set<Key> present = new HashSet<>();
    for (EndpointFleet endpoint : endpoints) {
      String name = endpoint.settings().name();
      for (DepartedInstance left : endpoint.departed()) {
        String sign = String.valueOf(left.at());
        note(present, new InstanceLoss(name, left.instance(), sign, left.at(), false, true));
      }
      for (Member member : endpoint.members()) {
        String sign = member.sign();
        if (!sign.isEmpty()) {
          boolean gone = member.health().state() == Health.State.GONE;
          note(present, new InstanceLoss(name, member.instance().id(), sign, now, gone, false));
        }
      }
    }
    met.keySet().retainAll(present);
    losses.addAll(met.values());
    return losses;
  }

  private void note(Set<Key> present, InstanceLoss seen) {
    Key key = new Key(seen.endpoint(), seen.instance(), seen.left());
    present.add(key);
    met.compute(
        key, (k, before) -> before != null && before.sign().equals(seen.sign()) ? before : seen);
  }
}
