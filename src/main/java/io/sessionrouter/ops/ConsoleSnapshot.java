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
 * @param whole whether all endpoints are in it; otherwise only those that are not as the snapshot
 *     before had them
 */
@RegisterForReflection
@Schema(name = "LiveSnapshot")
record ConsoleSnapshot(
    Instant at,
    double seconds,
    Replica replica,
    Store store,
    boolean whole,
    List<LiveEndpoint> endpoints) {

  /** What is to be told to somebody who knows the snapshot before: less, unless all is new. */
  ConsoleSnapshot since(ConsoleSnapshot before) {
    Map<String, LiveEndpoint> known = new HashMap<>();
    before.endpoints.forEach(endpoint -> known.put(endpoint.name(), endpoint));
    List<LiveEndpoint> changed = new ArrayList<>();
    for (LiveEndpoint endpoint : endpoints) {
      LiveEndpoint was = known.remove(endpoint.name());
      if (was == null) {
        return this;
      }
      if (!was.equals(endpoint)) {
        changed.add(endpoint);
      }
    }
    return known.isEmpty()
        ? new ConsoleSnapshot(at, seconds, replica, store, false, changed)
        : this;
  }

  /**
   * The router that tells this.
   *
   * @param name of its host, which is the pod's name on Kubernetes
   * @param leaving whether it asks clients to go elsewhere, because it is about to end
   */
  @RegisterForReflection
  @Schema(name = "Replica")
  record Replica(String name, String version, Instant startedAt, boolean leaving) {}

  /**
   * Redis as this replica sees it.
   *
   * @param hearsOfChanges whether it is told at once of what other replicas do
   * @param error why it is not available, or why it takes no new sessions; absent if neither
   */
  @RegisterForReflection
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "Store")
  record Store(boolean available, boolean hearsOfChanges, @Nullable String error) {

    static Store of(StoreHealth health) {
      return new Store(health.available(), health.subscribed(), health.lastError());
    }
  }

  /**
   * An endpoint with its instances.
   *
   * @param complete whether every source of instances has told what it has
   * @param left the latest instances that left the fleet, as long as sessions of theirs may be
   *     remembered
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
      LiveTraffic traffic) {}

  /** An instance that left the fleet. */
  @RegisterForReflection
  @Schema(name = "LeftInstance")
  record Left(String id, Instant at) {

    static Left of(DepartedInstance departed) {
      return new Left(departed.instance(), Instant.ofEpochMilli(departed.at()));
    }
  }

  /**
   * What an endpoint's clients got from this replica since the snapshot before.
   *
   * @param requests that ended, however they did
   * @param failures of them, by row of the failure table
   * @param faults of the failures, those that are not the client's or the model's
   * @param firstByteP50 seconds to the first byte, median; absent if there was none
   * @param firstByteP99 seconds to the first byte that 99 of 100 stayed below
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
      @Nullable Double firstByteP50,
      @Nullable Double firstByteP99,
      long opened,
      Map<String, Long> ended) {

    static LiveTraffic of(Traffic traffic) {
      return new LiveTraffic(
          traffic.requests(),
          traffic.failures(),
          traffic.faults(),
          traffic.firstBytes().quantile(0.5),
          traffic.firstBytes().quantile(0.99),
          traffic.opened(),
          traffic.ended());
    }
  }
}
