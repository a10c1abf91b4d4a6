package io.sessionrouter.ops;

import io.sessionrouter.fleet.DrainReason;
import io.sessionrouter.ops.ConsoleSnapshot.FirstBytes;
import io.sessionrouter.ops.ConsoleSnapshot.LiveEndpoint;
import io.sessionrouter.ops.ConsoleSnapshot.LiveTraffic;
import io.sessionrouter.ops.ConsoleSnapshot.Replica;
import io.sessionrouter.ops.ConsoleSnapshot.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Snapshots of one endpoint, {@code chat}, for tests of what is made of them. */
final class Snapshots {
  static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  static final String ENDPOINT = "chat";
  static final LiveTraffic NOTHING =
      new LiveTraffic(0, Map.of(), Map.of(), FirstBytes.NONE, 0, Map.of());

  private Snapshots() {}

  static ConsoleSnapshot at(int second, InstanceView... instances) {
    return at(second, NOTHING, NOTHING, instances);
  }

  static ConsoleSnapshot at(
      int second, LiveTraffic traffic, LiveTraffic minute, InstanceView... instances) {
    return at(second, new Store(true, true, null), traffic, minute, instances);
  }

  static ConsoleSnapshot at(
      int second, Store store, LiveTraffic traffic, LiveTraffic minute, InstanceView... instances) {
    LiveEndpoint endpoint =
        new LiveEndpoint(
            ENDPOINT,
            List.of(),
            new EndpointView.SessionRules(Duration.ofHours(1), null, 2),
            true,
            List.of(instances),
            List.of(),
            traffic,
            minute);
    return ConsoleSnapshot.unjudged(
        START.plusSeconds(second),
        1,
        new Replica("router", "1", START, false, null, false),
        store,
        List.of(endpoint));
  }

  static LiveTraffic requests(long requests, @Nullable Double slowest) {
    FirstBytes first =
        slowest == null ? FirstBytes.NONE : new FirstBytes(requests, slowest, slowest, slowest);
    return new LiveTraffic(requests, Map.of(), Map.of(), first, 0, Map.of());
  }

  static LiveTraffic faults(Map<String, Long> faults) {
    return new LiveTraffic(3, faults, faults, FirstBytes.NONE, 0, Map.of());
  }

  /** The instance {@code chat-N}, in a state, for the reason given. */
  static InstanceView instance(int n, InstanceState state, @Nullable String failure) {
    return instance(n, state, failure, 0, 0);
  }

  static InstanceView instance(
      int n, InstanceState state, @Nullable String failure, int missed, int sessions) {
    boolean draining = state == InstanceState.DRAINING;
    return new InstanceView(
        id(n),
        "chat-" + n,
        "main",
        "http://" + id(n),
        state,
        draining ? Set.of(DrainReason.OPERATOR) : Set.of(),
        true,
        sessions,
        0,
        null,
        missed,
        missed,
        3,
        failure,
        START,
        null);
  }

  static String id(int n) {
    return "10.0.0." + n + ":8080";
  }
}
