package io.sessionrouter.session;

import io.sessionrouter.session.SessionEvents.OwnedSessions;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many live sessions principals have, of those whose sessions this replica opened or looked up;
 * for metrics.
 */
final class OwnerCounts {
  static final Duration PERIOD = Duration.ofSeconds(15);
  static final int MOST = 1024;

  private static final int AT_ONCE = 128;

  private final OwnerIndex index;
  private final SessionEvents events;
  private final Set<Owned> seen = ConcurrentHashMap.newKeySet();

  private record Owned(String endpoint, String owner) {}

  OwnerCounts(OwnerIndex index, SessionEvents events) {
    this.index = index;
    this.events = events;
  }

  /** A session of the principal was opened, or found in Redis. */
  void seen(String endpoint, String owner) {
    if (!owner.isEmpty() && seen.size() < MOST) {
      seen.add(new Owned(endpoint, owner));
    }
  }

  /** One round. Never fails: what was reported before stays. */
  Future<Void> refresh() {
    return count(List.copyOf(seen), 0, new ArrayList<>())
        .onSuccess(events::owned)
        .<Void>mapEmpty()
        .recover(redisIsAway -> Future.succeededFuture());
  }

  private Future<List<OwnedSessions>> count(
      List<Owned> all, int from, List<OwnedSessions> counted) {
    if (from >= all.size()) {
      return Future.succeededFuture(counted);
    }
    int to = Math.min(all.size(), from + AT_ONCE);
    List<Future<Long>> counts =
        all.subList(from, to).stream().map(o -> index.count(o.endpoint, o.owner)).toList();
    return Future.all(counts)
        .compose(
            done -> {
              for (int i = from; i < to; i++) {
                note(all.get(i), done.<Long>resultAt(i - from), counted);
              }
              return count(all, to, counted);
            });
  }

  private void note(Owned owned, long sessions, List<OwnedSessions> counted) {
    if (sessions == 0) {
      seen.remove(owned);
    } else {
      counted.add(new OwnedSessions(owned.endpoint, owned.owner, sessions));
    }
  }
}
