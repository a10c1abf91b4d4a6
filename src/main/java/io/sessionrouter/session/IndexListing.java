package io.sessionrouter.session;

import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import io.sessionrouter.session.SessionIndex.Entry;
import io.sessionrouter.session.Stored.Live;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Lists sessions by walking the instances' indexes, and mends what it finds wrong on the way. */
final class IndexListing implements SessionListing {
  private static final int CHUNK_SIZE = 128;

  private final Map<String, EndpointSessions> endpoints;
  private final SessionRecords records;
  private final SessionIndex index;
  private final OwnedListing owned;
  private final InstantSource clock;

  IndexListing(
      Map<String, EndpointSessions> endpoints,
      SessionRecords records,
      SessionIndex index,
      OwnedListing owned,
      InstantSource clock) {
    this.endpoints = endpoints;
    this.records = records;
    this.index = index;
    this.owned = owned;
    this.clock = clock;
  }

  /** A member of an index, and its session if it lives. */
  private record Seen(Entry entry, @Nullable Session session) {}

  /** How far a listing has come. */
  private final class Walk {
    final EndpointSessions sessions;
    final List<String> instances;
    final int limit;
    final List<Session> page = new ArrayList<>();
    int at;
    ListingCursor position;

    Walk(EndpointSessions sessions, List<String> instances, int limit, ListingCursor position) {
      this.sessions = sessions;
      this.instances = instances;
      this.limit = limit;
      this.position = position;
    }

    Future<Page> next() {
      if (at == instances.size()) {
        return Future.succeededFuture(new Page(List.copyOf(page), null));
      }
      String instance = instances.get(at);
      if (!instance.equals(position.instance())) {
        position = ListingCursor.beginOf(instance, clock.millis());
      }
      return index
          .after(sessions.name(), instance, position.score(), position.member(), CHUNK_SIZE)
          .compose(chunk -> look(instance, chunk).compose(seen -> take(chunk, seen)));
    }

    private Future<List<Seen>> look(String instance, List<Entry> chunk) {
      List<Future<Seen>> looks = new ArrayList<>();
      for (Entry entry : chunk) {
        looks.add(IndexListing.this.look(sessions, instance, entry));
      }
      return Future.all(looks).map(all -> all.<Seen>list());
    }

    private Future<Page> take(List<Entry> chunk, List<Seen> seen) {
      for (Seen one : seen) {
        position = new ListingCursor(position.instance(), one.entry.score(), one.entry.member());
        if (one.session != null) {
          page.add(one.session);
        }
        if (page.size() == limit) {
          return Future.succeededFuture(new Page(List.copyOf(page), position.text()));
        }
      }
      return chunk.size() < CHUNK_SIZE ? nextInstance() : next();
    }

    private Future<Page> nextInstance() {
      at++;
      return next();
    }
  }

  @Override
  public Future<Page> list(
      String endpoint,
      Collection<String> instances,
      Asker asker,
      int limit,
      @Nullable String cursor) {
    if (limit < 1 || limit > MAX_LIMIT) {
      return invalid("limit: " + limit + " (expected: 1 to " + MAX_LIMIT + ")");
    }
    ListingCursor from = cursor == null ? ListingCursor.BEGIN : ListingCursor.of(cursor);
    if (from == null) {
      return invalid("cursor: not one that a page of sessions came with");
    }
    EndpointSessions sessions = endpoints.get(endpoint);
    if (sessions == null) {
      return Future.succeededFuture(new Page(List.of(), null));
    }
    return !asker.any()
        ? owned.list(
            sessions, asker.owner(), Set.copyOf(instances), limit, cursor == null ? null : from)
        : new Walk(sessions, remaining(instances, from), limit, from).next();
  }

  private static List<String> remaining(Collection<String> instances, ListingCursor from) {
    return List.copyOf(new TreeSet<>(instances).tailSet(from.instance()));
  }

  private static Future<Page> invalid(String message) {
    return Future.failedFuture(new RouterException(FailureKind.INVALID_REQUEST, message));
  }

  private Future<Seen> look(EndpointSessions sessions, String instance, Entry entry) {
    if (IndexMember.isSlot(entry.member())) {
      return Future.succeededFuture(new Seen(entry, null));
    }
    return records
        .read(sessions.name(), IndexMember.id(entry.member()))
        .map(stored -> new Seen(entry, live(sessions, instance, entry, stored)))
        .recover(why -> unreadable(entry, why));
  }

  private @Nullable Session live(
      EndpointSessions sessions, String instance, Entry entry, @Nullable Stored stored) {
    if (!(stored instanceof Live live) || !live.session().instance().equals(instance)) {
      index.remove(sessions.name(), instance, entry.member());
      return null;
    }
    Session session = live.session();
    return sessions.ended(session, clock.millis()) == null ? session : null;
  }

  /** One damaged record does not hide the others. */
  private static Future<Seen> unreadable(Entry entry, Throwable why) {
    return why instanceof StoreUnavailable
        ? Future.failedFuture(why)
        : Future.succeededFuture(new Seen(entry, null));
  }
}
