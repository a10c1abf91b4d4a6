package io.sessionrouter.ops;

import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.Session;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.session.SessionListing;
import io.sessionrouter.telemetry.LogFields;
import io.vertx.core.Future;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.Response.Status;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Looks through live sessions for what people have of one: the first characters of its id, or of
 * its hash in the logs.
 *
 * <p>There is no index of these, so every session is read from Redis; one search at a time, and
 * only so many sessions.
 */
@Singleton
final class SessionSearch {
  static final int MAX_FOUND = 50;
  static final int MAX_PAGES = 50;

  private final SessionListing listing;
  private final SessionViews views;
  private final AtomicBoolean running = new AtomicBoolean();

  SessionSearch(SessionListing listing, SessionViews views) {
    this.listing = listing;
    this.views = views;
  }

  /**
   * Looks for the text in all of these endpoints.
   *
   * @throws ApiFailure if another search is under way
   */
  Future<FoundSession.Found> find(
      String text, List<EndpointFleet> endpoints, Function<String, Asker> askers) {
    if (!running.compareAndSet(false, true)) {
      throw new ApiFailure(
          Status.SERVICE_UNAVAILABLE,
          "SearchRunning",
          "Another search is running (expected: one at a time; retry).");
    }
    return new Walk(text, endpoints, askers).next().onComplete(done -> running.set(false));
  }

  private final class Walk {
    private final String text;
    private final Function<String, Asker> askers;
    private final Deque<EndpointFleet> left;
    private final List<FoundSession> found = new ArrayList<>();
    private int pages;
    private @Nullable String cursor;

    Walk(String text, List<EndpointFleet> endpoints, Function<String, Asker> askers) {
      this.text = text;
      this.askers = askers;
      this.left = new ArrayDeque<>(endpoints);
    }

    Future<FoundSession.Found> next() {
      EndpointFleet endpoint = left.peekFirst();
      if (endpoint == null || found.size() > MAX_FOUND || pages == MAX_PAGES) {
        boolean complete = endpoint == null && found.size() <= MAX_FOUND;
        List<FoundSession> shown = found.subList(0, Math.min(found.size(), MAX_FOUND));
        return Future.succeededFuture(new FoundSession.Found(List.copyOf(shown), complete));
      }
      pages++;
      return listing
          .list(
              name(endpoint),
              instances(endpoint),
              askers.apply(name(endpoint)),
              SessionListing.MAX_LIMIT,
              cursor)
          .compose(page -> take(endpoint, page));
    }

    private Future<FoundSession.Found> take(EndpointFleet endpoint, SessionListing.Page page) {
      for (Session session : page.sessions()) {
        if (matches(session.id())) {
          found.add(new FoundSession(name(endpoint), views.of(endpoint, session)));
        }
      }
      cursor = page.cursor();
      if (cursor == null) {
        left.removeFirst();
      }
      return next();
    }

    private boolean matches(String id) {
      return id.startsWith(text) || LogFields.hash(id).startsWith(text);
    }

    private static String name(EndpointFleet endpoint) {
      return endpoint.settings().name();
    }

    private static List<String> instances(EndpointFleet endpoint) {
      return endpoint.members().stream().map(Member::instance).map(i -> i.id()).sorted().toList();
    }
  }
}
