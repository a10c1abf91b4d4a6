package io.sessionrouter.endpoint;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The rooms that follow the catalog, and what they still owe it.
 *
 * <p>A room that fails keeps no other room from a change: the failure is logged, and what the room
 * owes is tried again later. Only a new endpoint waits: rooms that come after the failed one need
 * what it would have made.
 */
final class Followers {
  private static final Logger LOG = Logger.getLogger(Followers.class);

  private final Map<Room, EndpointFollower> followers = new EnumMap<>(Room.class);
  private final Map<String, Map<Room, Step>> owed = new TreeMap<>();

  private enum Step {
    ADDED,
    CHANGED,
    REMOVED
  }

  Collection<EndpointFollower> all() {
    return followers.values();
  }

  void add(Room room, EndpointFollower follower) {
    if (followers.putIfAbsent(room, follower) != null) {
      throw new IllegalStateException(room + " is followed already");
    }
  }

  void added(Endpoint endpoint) {
    inOrder(endpoint, room -> Step.ADDED);
  }

  void changed(Endpoint endpoint) {
    inOrder(endpoint, room -> Step.CHANGED);
  }

  void removed(String endpoint) {
    List.copyOf(followers.keySet())
        .reversed()
        .forEach(room -> perform(room, endpoint, null, Step.REMOVED));
  }

  /** Endpoints of which rooms owe something. */
  Set<String> owing() {
    return new TreeSet<>(owed.keySet());
  }

  /**
   * Tries again what rooms owe of an endpoint.
   *
   * @param now null if it has been removed
   */
  void retry(String endpoint, @Nullable Endpoint now) {
    if (now == null) {
      Set.copyOf(owed(endpoint).keySet())
          .forEach(room -> perform(room, endpoint, null, Step.REMOVED));
    } else {
      inOrder(now, room -> owed(endpoint).get(room));
    }
  }

  /** What rooms owe now. */
  List<Unapplied> unapplied() {
    List<Unapplied> all = new ArrayList<>();
    owed.forEach(
        (name, rooms) -> rooms.keySet().forEach(room -> all.add(new Unapplied(name, room))));
    return all;
  }

  private void inOrder(Endpoint now, Function<Room, @Nullable Step> steps) {
    boolean missing = false;
    for (Room room : followers.keySet()) {
      Step step = steps.apply(room);
      if (missing && (step == Step.ADDED || lacks(room, now.name()))) {
        owe(room, now.name(), Step.ADDED);
      } else if (step != null) {
        perform(room, now.name(), now, step);
      }
      missing |= lacks(room, now.name());
    }
  }

  private boolean lacks(Room room, String endpoint) {
    return owed(endpoint).get(room) == Step.ADDED;
  }

  /** What a room has to do also depends on what it owes. */
  private void perform(Room room, String name, @Nullable Endpoint now, Step step) {
    EndpointFollower follower = requireNonNull(followers.get(room));
    Step before = owed(name).get(room);
    Step trying = before == null || step == Step.REMOVED ? step : before;
    try {
      if (trying == Step.REMOVED) {
        follower.removed(name);
        trying = Step.ADDED;
      }
      if (now != null && trying == Step.ADDED) {
        follower.added(now);
      } else if (now != null) {
        follower.changed(now);
      }
    } catch (RuntimeException failed) {
      LOG.errorf(failed, "endpoint not applied endpoint=%s room=%s step=%s", name, room, trying);
      owe(room, name, trying);
      return;
    }
    settle(room, name);
  }

  private Map<Room, Step> owed(String name) {
    return owed.getOrDefault(name, Map.of());
  }

  private void owe(Room room, String name, Step step) {
    owed.computeIfAbsent(name, n -> new EnumMap<>(Room.class)).put(room, step);
  }

  private void settle(Room room, String name) {
    owed.computeIfPresent(
        name,
        (n, rooms) -> {
          rooms.remove(room);
          return rooms.isEmpty() ? null : rooms;
        });
  }
}
