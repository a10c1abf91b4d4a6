package io.sessionrouter.container.session;

import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The ids of the container's sessions, of every model, and of those that ended lately; so whoever
 * asks the wrong model, or too late, gets the true reason.
 */
public final class SessionDirectory {
  private static final int REMEMBERED_ENDS = 10_000;

  private final Set<String> live = ConcurrentHashMap.newKeySet();
  private final Tombstones tombstones = new Tombstones(REMEMBERED_ENDS);

  void opened(String id) {
    live.add(id);
  }

  void ended(String id, SessionEnd reason) {
    if (reason != SessionEnd.ABANDONED) {
      tombstones.put(id, reason);
    }
    live.remove(id);
  }

  /** Why a model that does not hold this session cannot go on with it. */
  FaultException refusal(String id) {
    Optional<SessionEnd> end = tombstones.find(id);
    if (end.isEmpty() && live.contains(id)) {
      return Fault.WRONG_MODEL.because(
          "the session %s is one of another model (expected: the model it was opened with)", id);
    }
    return end.orElse(SessionEnd.ABANDONED).refusal(id);
  }
}
