package io.sessionrouter.container.session;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The last sessions that ended and why, so that a late client gets the true reason. Bounded. */
final class Tombstones {
  private final Map<String, SessionEnd> ends;

  Tombstones(int capacity) {
    this.ends =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, SessionEnd> eldest) {
            return size() > capacity;
          }
        };
  }

  synchronized void put(String id, SessionEnd end) {
    ends.put(id, end);
  }

  synchronized Optional<SessionEnd> find(String id) {
    return Optional.ofNullable(ends.get(id));
  }
}
