package io.sessionrouter.ops;

import io.sessionrouter.domain.Loss;
import io.sessionrouter.ops.ConsoleSnapshot.LiveEndpoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes what changed from one snapshot to the next into the log of events. */
final class FleetChanges {
  /** Of more instances with the same change, only the number is reported. */
  private static final int MAX_NAMED = 3;

  private final EventLog log;
  private boolean storeAnswered;

  FleetChanges(EventLog log) {
    this.log = log;
  }

  void report(ConsoleSnapshot before, ConsoleSnapshot now) {
    reportStore(before, now);
    Map<String, LiveEndpoint> earlier = new HashMap<>();
    before.endpoints().forEach(endpoint -> earlier.put(endpoint.name(), endpoint));
    for (LiveEndpoint endpoint : now.endpoints()) {
      LiveEndpoint known = earlier.remove(endpoint.name());
      if (known == null) {
        log.add(now.at(), endpoint.name(), null, "the endpoint was added");
      } else {
        report(now.at(), endpoint.name(), known.instances(), endpoint.instances());
      }
    }
    earlier.keySet().forEach(name -> log.add(now.at(), "Endpoint " + name + " was removed"));
  }

  /** That Redis does not answer before it answered once belongs to the start. */
  private void reportStore(ConsoleSnapshot before, ConsoleSnapshot now) {
    boolean available = now.store().available();
    storeAnswered |= before.store().available();
    if (storeAnswered && before.store().available() != available) {
      log.add(now.at(), available ? "Redis answers again" : "Redis does not answer");
    }
  }

  /** What became of an instance; those with the same change are one group. */
  private record Change(String one, String many) {}

  private void report(
      Instant at, String endpoint, List<InstanceView> before, List<InstanceView> now) {
    Map<String, InstanceView> earlier = new LinkedHashMap<>();
    before.forEach(instance -> earlier.put(instance.id(), instance));
    Map<Change, List<InstanceView>> changes = new LinkedHashMap<>();
    for (InstanceView instance : now) {
      InstanceView known = earlier.remove(instance.id());
      if (known == null) {
        changes
            .computeIfAbsent(new Change("joined the fleet", "joined the fleet"), f -> list())
            .add(instance);
      } else if (known.state() != instance.state()) {
        changes.computeIfAbsent(becomes(known, instance), f -> list()).add(instance);
      }
    }
    changes.forEach((change, instances) -> report(at, endpoint, change, instances));
    report(at, endpoint, earlier.values().stream().toList());
  }

  private static List<InstanceView> list() {
    return new ArrayList<>();
  }

  private void report(Instant at, String endpoint, Change change, List<InstanceView> instances) {
    if (instances.size() > MAX_NAMED) {
      log.add(at, endpoint, null, instances.size() + " instances " + change.many);
      return;
    }
    for (InstanceView instance : instances) {
      String what = instance.shownName() + " " + change.one;
      if (instance.state() == InstanceState.GONE) {
        log.lost(at, endpoint, instance.id(), what, Loss.GONE, 0);
      } else {
        log.add(at, endpoint, instance.id(), what);
      }
    }
  }

  private void report(Instant at, String endpoint, List<InstanceView> left) {
    if (left.size() > MAX_NAMED) {
      log.add(at, endpoint, null, left.size() + " instances left the fleet");
      return;
    }
    for (InstanceView instance : left) {
      String what = instance.shownName() + " left the fleet";
      log.lost(at, endpoint, instance.id(), what, Loss.LEFT, 0);
    }
  }

  private static Change becomes(InstanceView before, InstanceView now) {
    return switch (now.state()) {
      case GONE -> change("gone", now);
      case UNHEALTHY -> change("unhealthy", now);
      case UNKNOWN -> new Change("is not checked yet", "are not checked yet");
      case DRAINING -> {
        String why = Words.reasons(now.draining());
        yield new Change("is draining: " + why, "are draining: " + why);
      }
      case HEALTHY ->
          before.state() == InstanceState.DRAINING
              ? new Change("is no longer draining", "are no longer draining")
              : new Change("is healthy", "are healthy");
    };
  }

  private static Change change(String state, InstanceView now) {
    return new Change(Words.because("is " + state, now.lastFailure()), "are " + state);
  }
}
