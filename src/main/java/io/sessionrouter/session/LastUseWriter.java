package io.sessionrouter.session;

import io.sessionrouter.domain.Session;
import io.sessionrouter.session.LastUses.Due;
import io.sessionrouter.session.Stored.Live;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes down when sessions were used, so that they do not end by being idle while they are not.
 *
 * <p>A write takes effect only on the very record this replica knows. If another replica wrote
 * meanwhile, its record is learned and the write tried again; if the session ended meanwhile, it
 * stays ended.
 */
final class LastUseWriter {
  private static final int MAX_TRIES = 3;

  private final SessionRecords records;
  private final SessionIndex index;
  private final InstantSource clock;

  LastUseWriter(SessionRecords records, SessionIndex index, InstantSource clock) {
    this.records = records;
    this.index = index;
    this.clock = clock;
  }

  void begin(EndpointSessions sessions, Session session) {
    LastUses uses = sessions.uses();
    if (uses != null) {
      Due due = uses.begin(session, clock.millis());
      if (due != null) {
        write(sessions, uses, due, MAX_TRIES);
      }
    }
  }

  void end(EndpointSessions sessions, Session session) {
    LastUses uses = sessions.uses();
    if (uses != null) {
      Due due = uses.end(session.id(), clock.millis());
      if (due != null) {
        write(sessions, uses, due, MAX_TRIES);
      }
    }
  }

  /** Writes down what is due by now. Never fails: what could not be written stays due. */
  Future<Void> writeDue(EndpointSessions sessions) {
    LastUses uses = sessions.uses();
    return uses == null
        ? Future.succeededFuture()
        : write(sessions, uses, uses.due(clock.millis()));
  }

  /** Writes down everything, because this replica ends. Never fails. */
  Future<Void> writeAll(EndpointSessions sessions) {
    LastUses uses = sessions.uses();
    return uses == null
        ? Future.succeededFuture()
        : write(sessions, uses, uses.unwritten(clock.millis()));
  }

  private Future<Void> write(EndpointSessions sessions, LastUses uses, List<Due> dues) {
    List<Future<Void>> writes = new ArrayList<>(dues.size());
    for (Due due : dues) {
      writes.add(write(sessions, uses, due, MAX_TRIES));
    }
    return Future.all(writes).mapEmpty();
  }

  private Future<Void> write(EndpointSessions sessions, LastUses uses, Due due, int tries) {
    Session fresh = due.written().usedAt(due.usedAt());
    return records
        .refresh(sessions.name(), due.written(), fresh)
        .compose(stored -> settle(sessions, uses, due, stored, tries))
        .recover(
            why -> {
              uses.failed(fresh.id());
              return Future.succeededFuture();
            });
  }

  private Future<Void> settle(
      EndpointSessions sessions, LastUses uses, Due due, @Nullable Stored stored, int tries) {
    String id = due.written().id();
    if (!(stored instanceof Live live) || !NearCache.same(live.session(), due.written())) {
      uses.over(id);
      sessions.near().forget(id);
      return Future.succeededFuture();
    }
    Session now = live.session();
    if (due.usedAt() - now.usedAt() >= uses.gap() && tries > 1) {
      return write(sessions, uses, new Due(now, due.usedAt()), tries - 1);
    }
    uses.wrote(id, now);
    sessions.near().refreshed(now);
    return index
        .move(sessions.name(), now, sessions.deadline(now))
        .recover(LastUseWriter::advisory);
  }

  /** The index is corrected by the reaper when the member seems due. */
  private static Future<Void> advisory(Throwable why) {
    return Future.succeededFuture();
  }
}
