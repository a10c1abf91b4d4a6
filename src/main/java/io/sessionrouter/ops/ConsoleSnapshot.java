package io.sessionrouter.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.sessionrouter.fleet.DepartedInstance;
import io.sessionrouter.session.StoreHealth;
import io.sessionrouter.telemetry.Traffic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What this replica of the router knows and did, at one moment.
 *
 * <p>Registered by hand, with its parts: it is written as text before the REST layer sees it.
 *
 * @param seconds since the snapshot before, which the traffic is of
 * @param whole whether all endpoints, and all events that are kept, are in it; otherwise only those
 *     that are not as the snapshot before had them
 * @param verdict what is wrong now, the worst first
 * @param history what every endpoint did before; in the first snapshot only
 */
@RegisterForReflection
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "LiveSnapshot")
record ConsoleSnapshot(
    Instant at,
    double seconds,
    Replica replica,
    Store store,
    boolean whole,
    List<LiveEndpoint> endpoints,
    List<Problem> verdict,
    List<ConsoleEvent> events,
    @Nullable SentHistory history) {

  /** As it was read: nothing follows from it yet. */
  static ConsoleSnapshot unjudged(
      Instant at, double seconds, Replica replica, Store store, List<LiveEndpoint> endpoints) {
    return new ConsoleSnapshot(
        at, seconds, replica, store, true, endpoints, List.of(), List.of(), null);
  }

  /** With what follows from it. */
  ConsoleSnapshot judged(List<Problem> problems, List<ConsoleEvent> happened) {
    return new ConsoleSnapshot(
        at, seconds, replica, store, whole, endpoints, problems, happened, history);
  }

  /** For somebody who knows nothing yet, or missed something. */
  ConsoleSnapshot with(List<ConsoleEvent> all, @Nullable SentHistory past) {
    return new ConsoleSnapshot(at, seconds, replica, store, true, endpoints, verdict, all, past);
  }

  /**
   * What is new to somebody who knows the snapshot before.
   *
   * @return null if endpoints came or went, so that all of it is
   */
  @Nullable ConsoleSnapshot since(ConsoleSnapshot before) {
    Map<String, LiveEndpoint> known = new HashMap<>();
    before.endpoints.forEach(endpoint -> known.put(endpoint.name(), endpoint));
    List<LiveEndpoint> changed = new ArrayList<>();
    for (LiveEndpoint endpoint : endpoints) {
      LiveEndpoint was = known.remove(endpoint.name());
      if (was == null) {
        return null;
      }
      if (!was.equals(endpoint)) {
        changed.add(endpoint);
      }
    }
    return known.isEmpty()
        ? new ConsoleSnapshot(at, seconds, replica, store, false, changed, verdict, events, null)
        : null;
  }

  /**
   * The router that reports this.
   *
   * @param name of its host, which is the pod's name on Kubernetes
   * @param leaving whether it asks clients to go elsewhere, because it is about to end
   * @param configuration why its configuration is not the newest; absent if it is
   * @param openToAll whether somebody wrote that everybody may do everything
   */
  @RegisterForReflection
  @Schema(name = "Replica")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Replica(
      String name,
      String version,
      Instant startedAt,
      boolean leaving,
      @Nullable String configuration,
      boolean openToAll) {}

  /**
   * Redis as this replica sees it.
   *
   * @param subscribed whether it is notified at once of what other replicas do
   * @param error why it is not available, or why it takes no new sessions; absent if neither
   */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "Store")
  record Store(boolean available, boolean subscribed, @Nullable String error) {

    static Store of(StoreHealth health) {
      return new Store(health.available(), health.subscribed(), health.lastError());
    }
  }

  /**
   * An endpoint with its instances.
   *
   * @param complete whether every source of instances has reported what it has
   * @param left the latest instances that left the fleet, as long as sessions of theirs may be
   *     remembered
   * @param traffic since the snapshot before
   * @param minute in about the last minute
   */
  @RegisterForReflection
  @Schema(name = "LiveEndpoint")
  record LiveEndpoint(
      String name,
      List<EndpointView.VariantView> variants,
      EndpointView.SessionRules sessions,
      boolean complete,
      List<InstanceView> instances,
      List<Left> left,
      LiveTraffic traffic,
      LiveTraffic minute) {}

  /** An instance that left the fleet. */
  @RegisterForReflection
  @Schema(name = "LeftInstance")
  record Left(String id, Instant at) {

    static Left of(DepartedInstance departed) {
      return new Left(departed.instance(), Instant.ofEpochMilli(departed.at()));
    }
  }

  /**
   * What an endpoint's clients got from this replica in some time.
   *
   * @param requests that ended, however they did
   * @param failures of them, by row of the failure table
   * @param faults of the failures, those that are not the client's or the model's
   * @param firstBytes times to the first byte
   * @param opened sessions
   * @param ended sessions by cause, of those whose end this replica saw to
   */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "LiveTraffic")
  record LiveTraffic(
      long requests,
      Map<String, Long> failures,
      Map<String, Long> faults,
      FirstBytes firstBytes,
      long opened,
      Map<String, Long> ended) {

    static LiveTraffic of(Traffic traffic) {
      return new LiveTraffic(
          traffic.requests(),
          traffic.failures(),
          traffic.faults(),
          FirstBytes.of(traffic),
          traffic.opened(),
          traffic.ended());
    }
  }

  /**
   * Times to the first byte, in seconds; without a request there is only the count.
   *
   * @param p50 the median
   * @param p99 what 99 of 100 stayed below; of few requests an estimate, never above the slowest
   */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "FirstBytes")
  record FirstBytes(
      long count, @Nullable Double p50, @Nullable Double p99, @Nullable Double slowest) {

    static final FirstBytes NONE = new FirstBytes(0, null, null, null);

    /** Of several requests at the same moment, the slowest may be in the snapshot before. */
    static FirstBytes of(Traffic traffic) {
      long count = traffic.firstBytes().count();
      Double slowest = traffic.slowest() == 0 ? null : traffic.slowest();
      return count == 0
          ? NONE
          : new FirstBytes(count, capped(traffic, 0.5), capped(traffic, 0.99), slowest);
    }

    private static @Nullable Double capped(Traffic traffic, double share) {
      Double estimated = traffic.firstBytes().quantile(share);
      if (estimated == null || traffic.slowest() == 0) {
        return estimated;
      }
      return Math.min(estimated, traffic.slowest());
    }
  }
}
