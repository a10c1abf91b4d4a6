package io.sessionrouter.fleet;

import io.sessionrouter.domain.Session;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The instances that left one endpoint, and what that says about sessions whose instance is not in
 * the fleet.
 *
 * <p>An instance that is not there may have left, or may not have been seen yet: another replica
 * can be ahead. Only the former loses sessions.
 */
final class Departures {
  private static final int MOST = 1000;

  private final long memoryMillis;
  private final ToLongFunction<String> knownUntil;
  private final Map<String, Departure> byInstance = new LinkedHashMap<>();

  /** An instance that left. */
  record Departure(String instance, long at, Health health) {}

  /**
   * @param memoryMillis how long departures are remembered; as long as a session may live
   * @param knownUntil up to which moment all instances of a variant are known
   */
  Departures(long memoryMillis, ToLongFunction<String> knownUntil) {
    this.memoryMillis = memoryMillis;
    this.knownUntil = knownUntil;
  }

  /** Where instances never come: whatever is not there is lost. */
  static Departures ofConstantFleet() {
    return new Departures(0, variant -> Long.MAX_VALUE);
  }

  synchronized void left(String instance, Health health, long now) {
    byInstance.remove(instance);
    byInstance.put(instance, new Departure(instance, now, health));
    byInstance.values().removeIf(d -> d.at < now - memoryMillis || byInstance.size() > MOST);
  }

  /** When the instance left last; null if it never did, or too long ago. */
  synchronized @Nullable Departure of(String instance) {
    return byInstance.get(instance);
  }

  synchronized List<Departure> all() {
    return new ArrayList<>(byInstance.values());
  }

  /** Whether the instances of the variant have been told at all. */
  boolean knows(String variant) {
    return knownUntil.applyAsLong(variant) > 0;
  }

  /** Whether the state of a session, whose instance is not in the fleet, is certainly gone. */
  boolean lost(Session session) {
    Departure departure = of(session.instance());
    return departure != null && session.createdAt() <= departure.at
        || session.createdAt() < knownUntil.applyAsLong(session.variant());
  }
}
