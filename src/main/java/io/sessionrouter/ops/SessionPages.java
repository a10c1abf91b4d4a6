package io.sessionrouter.ops;

import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.Session;
import io.sessionrouter.session.SessionListing;
import io.vertx.core.Future;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pages of sessions, of all of them or of those that have been idle for some time. */
@Singleton
final class SessionPages {
  /** A page of idle sessions may be short where few are; its cursor leads on. */
  static final int MAX_READS = 20;

  private final SessionListing listing;
  private final InstantSource clock = InstantSource.system();

  SessionPages(SessionListing listing) {
    this.listing = listing;
  }

  /**
   * What to list.
   *
   * @param idle at least; null for all
   */
  record Query(
      String endpoint,
      List<String> instances,
      Asker asker,
      int limit,
      @Nullable String cursor,
      @Nullable Duration idle) {}

  Future<SessionListing.Page> list(Query query) {
    Duration idle = query.idle;
    return idle == null
        ? listing.list(query.endpoint, query.instances, query.asker, query.limit, query.cursor)
        : more(query, clock.millis() - idle.toMillis(), query.cursor, new ArrayList<>(), 1);
  }

  private Future<SessionListing.Page> more(
      Query query, long usedBefore, @Nullable String cursor, List<Session> found, int read) {
    return listing
        .list(query.endpoint, query.instances, query.asker, query.limit - found.size(), cursor)
        .compose(
            page -> {
              page.sessions().stream().filter(s -> s.usedAt() <= usedBefore).forEach(found::add);
              String next = page.cursor();
              return next == null || found.size() == query.limit || read == MAX_READS
                  ? Future.succeededFuture(new SessionListing.Page(List.copyOf(found), next))
                  : more(query, usedBefore, next, found, read + 1);
            });
  }
}
