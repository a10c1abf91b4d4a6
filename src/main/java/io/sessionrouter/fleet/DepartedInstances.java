package io.sessionrouter.fleet;

import io.sessionrouter.domain.Session;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The instances that left one endpoint, and what that says about sessions whose instance is not in
 * the fleet.
 *
 * <p>An instance that is not there may have left, or may not have been seen yet: another replica
 * can be ahead. Only the former loses sessions.
 */
final class DepartedInstances {
  private static final int MAX_ENTRIES = 1000;

  private long memoryMillis;
  private final Map<String, Departure> byInstance = new LinkedHashMap<>();

  /** An instance that left, and what was known of it. */
  record Departure(
      String instance, long at, Incarnation life, Health health, Incarnation.End end) {}

  /**
   * @param memoryMillis how long departures are remembered; as long as a session may live
   */
  DepartedInstances(long memoryMillis) {
    this.memoryMillis = memoryMillis;
  }

  /** From now on departures are remembered for so long. */
  synchronized void remember(long millis) {
    memoryMillis = millis;
  }

  synchronized void left(Member was, long known, long now) {
    String instance = was.instance().id();
    byInstance.remove(instance);
    byInstance.put(
        instance, new Departure(instance, now, was.life(), was.health(), was.end(now, known)));
    byInstance.values().removeIf(d -> d.at < now - memoryMillis || byInstance.size() > MAX_ENTRIES);
  }

  /** When the instance left last; null if it never did, or too long ago. */
  synchronized @Nullable Departure of(String instance) {
    return byInstance.get(instance);
  }

  synchronized List<Departure> all() {
    return new ArrayList<>(byInstance.values());
  }

  /**
   * What became of the state of a session whose instance is not in the fleet.
   *
   * @param known up to when all instances are known
   */
  StateVerdict verdict(Session session, long known) {
    Departure last = of(session.instance());
    boolean ended =
        last != null && last.life.ended(session.bootId(), session.createdAt(), last.end);
    return ended || session.createdAt() < known ? StateVerdict.LOST : StateVerdict.UNSURE;
  }
}
