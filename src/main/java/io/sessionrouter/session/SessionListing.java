package io.sessionrouter.session;

import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.Session;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The live sessions of instances, page by page, for people. */
public interface SessionListing {
  /** Most sessions on a page. */
  int MAX_LIMIT = 1000;

  /**
   * Lists by instance, then by the moment a session ends. A session that is used between two pages
   * may appear on both; none is left out.
   *
   * @param instances whose sessions
   * @param asker sees its own sessions only, by the moment they end at the latest, unless it may
   *     see any
   * @param limit sessions on the page, 1 to {@link #MAX_LIMIT}
   * @param cursor of the page before, or null for the first page
   * @return fails with a {@link io.sessionrouter.domain.RouterException} of kind {@code
   *     INVALID_REQUEST} if limit or cursor make no sense
   */
  Future<Page> list(
      String endpoint,
      Collection<String> instances,
      Asker asker,
      int limit,
      @Nullable String cursor);

  /**
   * Some sessions.
   *
   * @param cursor asks for the next page, or null if this was the last
   */
  record Page(List<Session> sessions, @Nullable String cursor) {}
}
