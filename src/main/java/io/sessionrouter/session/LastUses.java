package io.sessionrouter.session;

import io.sessionrouter.domain.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which sessions of one endpoint are in use on this replica, and whose last use must still be
 * written down.
 *
 * <p>A session's last use is written at most every tenth of the idle timeout. What was used since
 * stays here until it is written, so that a session never ends early for want of a write.
 */
final class LastUses {
  private final ConcurrentHashMap<String, Use> byId = new ConcurrentHashMap<>();
  private volatile long gap;
  private final int most;

  /**
   * @param idleTimeout of the endpoint
   * @param most sessions not in use that may wait for their write; beyond it they are written at
   *     once, and given up if Redis is away
   */
  LastUses(Duration idleTimeout, int most) {
    this.gap = gap(idleTimeout);
    this.most = most;
  }

  private static long gap(Duration idleTimeout) {
    return Math.max(1, idleTimeout.toMillis() / 10);
  }

  /** From now on the endpoint's timeout is this one. */
  void idleTimeout(Duration now) {
    gap = gap(now);
  }

  /**
   * A use that must be written down now; whoever takes it must answer with {@link #wrote}, {@link
   * #failed} or {@link #over}.
   *
   * @param written the session as Redis has it, as far as known here
   * @param usedAt the use to be written
   */
  record Due(Session written, long usedAt) {}

  /**
   * @param active requests of the session under way
   * @param over the session has ended: nothing more to write
   */
  private record Use(Session written, int active, long lastUse, boolean writing, boolean over) {

    Use begun(long now) {
      return new Use(written, active + 1, now, writing, over);
    }

    Use ended(long now) {
      return new Use(written, Math.max(0, active - 1), now, writing, over);
    }

    Use at(long now) {
      return active > 0 ? new Use(written, active, now, writing, over) : this;
    }

    Use taken() {
      return new Use(written, active, lastUse, true, over);
    }

    Use settled(Session stored) {
      return new Use(stored, active, lastUse, false, over);
    }

    Use finished() {
      return new Use(written, active, lastUse, false, true);
    }

    boolean unwritten() {
      return !over && !writing && lastUse > written.usedAt();
    }

    boolean useless() {
      return active == 0 && !writing && (over || lastUse <= written.usedAt());
    }
  }

  /**
   * A request of the session begins.
   *
   * @return what must be written down now, or null
   */
  @Nullable Due begin(Session session, long now) {
    Use use =
        byId.compute(
            session.id(),
            (id, known) ->
                (known == null ? new Use(session, 0, now, false, false) : known).begun(now));
    return take(session.id(), use, false);
  }

  /**
   * The request is over.
   *
   * @return what must be written down now, or null
   */
  @Nullable Due end(String id, long now) {
    Use use = byId.computeIfPresent(id, (key, known) -> kept(known.ended(now)));
    return use == null ? null : take(id, use, use.active == 0 && byId.size() > most);
  }

  /** All that must be written down now: running uses, and uses that ended lately. */
  List<Due> due(long now) {
    List<Due> due = new ArrayList<>();
    for (String id : byId.keySet()) {
      Use use = byId.computeIfPresent(id, (key, known) -> kept(known.at(now)));
      Due one = use == null ? null : takeAt(id, use, now);
      if (one != null) {
        due.add(one);
      }
    }
    return due;
  }

  /** All uses not written yet, however young: for the end of this replica. */
  List<Due> unwritten(long now) {
    List<Due> due = new ArrayList<>();
    for (String id : byId.keySet()) {
      Use use = byId.computeIfPresent(id, (key, known) -> known.at(now));
      Due one = use == null ? null : take(id, use, true);
      if (one != null) {
        due.add(one);
      }
    }
    return due;
  }

  /** Redis has the session now as given. */
  void wrote(String id, Session stored) {
    byId.computeIfPresent(id, (key, known) -> kept(known.settled(stored)));
  }

  /** Redis did not answer; to be tried again, unless too many wait. */
  void failed(String id) {
    byId.computeIfPresent(
        id,
        (key, known) ->
            known.active == 0 && byId.size() > most ? null : known.settled(known.written));
  }

  /** The session has ended. */
  void over(String id) {
    byId.computeIfPresent(id, (key, known) -> kept(known.finished()));
  }

  /** The last use this replica knows of, now if it runs; 0 if there is none. */
  long lastUse(String id, long now) {
    Use use = byId.get(id);
    if (use == null || use.over) {
      return 0;
    }
    return use.active > 0 ? now : use.lastUse;
  }

  /** How far apart two writes of one session are, in milliseconds. */
  long gap() {
    return gap;
  }

  int size() {
    return byId.size();
  }

  private @Nullable Due take(String id, Use use, boolean atOnce) {
    boolean due = use.unwritten() && (atOnce || use.lastUse - use.written.usedAt() >= gap);
    return due ? taken(id) : null;
  }

  /** A use that ended is written once its gap is over, though it lies before that. */
  private @Nullable Due takeAt(String id, Use use, long now) {
    boolean due = use.unwritten() && now - use.written.usedAt() >= gap;
    return due ? taken(id) : null;
  }

  /** Only one taker wins: the others find it taken. */
  private @Nullable Due taken(String id) {
    Due[] won = new Due[1];
    byId.computeIfPresent(
        id,
        (key, known) -> {
          if (!known.unwritten()) {
            return known;
          }
          won[0] = new Due(known.written, known.lastUse);
          return known.taken();
        });
    return won[0];
  }

  private static @Nullable Use kept(Use use) {
    return use.useless() ? null : use;
  }
}
