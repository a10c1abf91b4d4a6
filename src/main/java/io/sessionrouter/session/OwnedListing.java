package io.sessionrouter.session;

import io.sessionrouter.domain.Session;
import io.sessionrouter.session.SessionIndex.Entry;
import io.sessionrouter.session.SessionListing.Page;
import io.sessionrouter.session.Stored.Live;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lists the sessions of one principal by walking its index, and mends what it finds wrong on the
 * way. So neither its pages, nor their cursors, nor their number depend on sessions of others.
 */
final class OwnedListing {
  private static final int CHUNK_SIZE = 128;
  private static final int MAX_MENDED = 4096;

  private final SessionRecords records;
  private final OwnerIndex index;
  private final InstantSource clock;

  OwnedListing(SessionRecords records, OwnerIndex index, InstantSource clock) {
    this.records = records;
    this.index = index;
    this.clock = clock;
  }

  /** A member of the index, and its session if it lives. */
  private record Seen(Entry entry, @Nullable Session session) {}

  /**
   * Lists by the moment the sessions end at the latest.
   *
   * @param instances only sessions of these
   */
  Future<Page> list(
      EndpointSessions sessions,
      String owner,
      Set<String> instances,
      int limit,
      @Nullable ListingCursor from) {
    ListingCursor position = from == null ? ListingCursor.beginOf("", clock.millis()) : from;
    return new Walk(sessions, owner, instances, limit).next(position);
  }

  /** Looks at all members, so that those leave whose sessions are over. Never fails. */
  Future<Void> mend(EndpointSessions sessions, String owner) {
    Walk walk = new Walk(sessions, owner, Set.of(), MAX_MENDED);
    return walk.next(ListingCursor.beginOf("", clock.millis()))
        .<Void>mapEmpty()
        .recover(redisIsAway -> Future.succeededFuture());
  }

  private final class Walk {
    private final EndpointSessions sessions;
    private final String owner;
    private final Set<String> instances;
    private final int limit;
    private final List<Session> page = new ArrayList<>();
    private int looked;

    Walk(EndpointSessions sessions, String owner, Set<String> instances, int limit) {
      this.sessions = sessions;
      this.owner = owner;
      this.instances = instances;
      this.limit = limit;
    }

    Future<Page> next(ListingCursor position) {
      return index
          .after(sessions.name(), owner, position.score(), position.member(), CHUNK_SIZE)
          .compose(chunk -> look(chunk).map(seen -> take(position, seen)))
          .compose(this::goOn);
    }

    private Future<List<Seen>> look(List<Entry> chunk) {
      List<Future<Seen>> looks = new ArrayList<>(chunk.size());
      for (Entry entry : chunk) {
        looks.add(OwnedListing.this.look(sessions, owner, entry));
      }
      return Future.all(looks).map(all -> all.<Seen>list());
    }

    /** How far the page goes; null where the index ends. */
    private @Nullable ListingCursor take(ListingCursor from, List<Seen> seen) {
      ListingCursor position = from;
      for (Seen one : seen) {
        position = new ListingCursor("", one.entry.score(), one.entry.member());
        looked++;
        if (one.session != null && instances.contains(one.session.instance())) {
          page.add(one.session);
        }
        if (full()) {
          return position;
        }
      }
      return seen.size() < CHUNK_SIZE ? null : position;
    }

    private Future<Page> goOn(@Nullable ListingCursor position) {
      if (position != null && !full()) {
        return next(position);
      }
      String cursor = position == null ? null : position.text();
      return Future.succeededFuture(new Page(List.copyOf(page), cursor));
    }

    private boolean full() {
      return page.size() == limit || looked >= MAX_MENDED;
    }
  }

  private Future<Seen> look(EndpointSessions sessions, String owner, Entry entry) {
    if (IndexMember.isSlot(entry.member())) {
      return Future.succeededFuture(new Seen(entry, null));
    }
    return records
        .read(sessions.name(), IndexMember.id(entry.member()))
        .map(stored -> new Seen(entry, live(sessions, owner, entry, stored)))
        .recover(why -> unreadable(entry, why));
  }

  private @Nullable Session live(
      EndpointSessions sessions, String owner, Entry entry, @Nullable Stored stored) {
    if (!(stored instanceof Live(Session session)) || !session.owner().equals(owner)) {
      index.remove(sessions.name(), owner, entry.member());
      return null;
    }
    return sessions.ended(session, clock.millis()) == null ? session : null;
  }

  /** One damaged record does not hide the others. */
  private static Future<Seen> unreadable(Entry entry, Throwable why) {
    return why instanceof StoreUnavailable
        ? Future.failedFuture(why)
        : Future.succeededFuture(new Seen(entry, null));
  }
}
