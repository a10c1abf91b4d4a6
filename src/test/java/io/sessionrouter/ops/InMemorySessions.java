package io.sessionrouter.ops;

import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.Loss;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup;
import io.sessionrouter.domain.SessionLookup.Found;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.session.EndedSession;
import io.sessionrouter.session.EndedSessions;
import io.sessionrouter.session.SessionListing;
import io.sessionrouter.session.Sessions;
import io.sessionrouter.session.StoreHealth;
import io.vertx.core.Future;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The session room, in memory; chosen by {@link OpsProfile} only. */
@Alternative
@Singleton
public class InMemorySessions implements Sessions, SessionListing, EndedSessions, StoreHealth {
  /** A lookup of this id breaks in a way nobody expects. */
  static final String BREAKS = "breaks";

  public final Map<String, SessionLookup> known = new ConcurrentHashMap<>();
  public final List<String> calls = new CopyOnWriteArrayList<>();
  public final Map<String, EndedSession> remembered = new ConcurrentHashMap<>();
  public volatile boolean away;

  void reset() {
    known.clear();
    calls.clear();
    remembered.clear();
    away = false;
  }

  public void add(Session session) {
    known.put(session.id(), new Found(session));
  }

  @Override
  public Future<SessionLookup> find(String endpoint, String id, Asker asker) {
    calls.add("find " + endpoint + " " + id);
    if (id.equals(BREAKS)) {
      return Future.failedFuture(new IllegalStateException("a secret of the house"));
    }
    return away ? unavailable() : Future.succeededFuture(seen(id, asker));
  }

  private SessionLookup seen(String id, Asker asker) {
    SessionLookup lookup = known.getOrDefault(id, Missing.UNKNOWN);
    return lookup instanceof Found(Session session) && !asker.sees(session.owner())
        ? Missing.UNKNOWN
        : lookup;
  }

  @Override
  public Future<Void> close(String endpoint, Session session) {
    calls.add("store close " + endpoint + " " + session.id());
    known.put(session.id(), Missing.CLOSED);
    return Future.succeededFuture();
  }

  @Override
  public Future<Page> list(
      String endpoint,
      Collection<String> instances,
      Asker asker,
      int limit,
      @Nullable String cursor) {
    calls.add("list " + endpoint + " " + instances + " " + limit + " " + cursor);
    if ("nonsense".equals(cursor)) {
      return Future.failedFuture(
          new RouterException(FailureKind.INVALID_REQUEST, "cursor: nonsense (expected: one)"));
    }
    if (away) {
      return unavailable();
    }
    return Future.succeededFuture(cursor == null ? page(asker) : new Page(List.of(), null));
  }

  /** What is remembered is asked apart from the session itself. */
  @Override
  public Future<@Nullable EndedSession> findEnded(String endpoint, String id, Asker asker) {
    return Future.succeededFuture(remembered.get(id));
  }

  private Page page(Asker asker) {
    List<Session> live =
        known.values().stream()
            .filter(Found.class::isInstance)
            .map(found -> ((Found) found).session())
            .filter(session -> asker.sees(session.owner()))
            .toList();
    return new Page(live, live.isEmpty() ? null : "next");
  }

  private static <T> Future<T> unavailable() {
    return Future.failedFuture(
        new RouterException(FailureKind.STORE_UNAVAILABLE, "Sessions cannot be looked up."));
  }

  @Override
  public int bound(String endpoint, String instance) {
    return 7;
  }

  @Override
  public boolean available() {
    return !away;
  }

  @Override
  public boolean subscribed() {
    return !away;
  }

  @Override
  public @Nullable String lastError() {
    return away ? "connection refused" : null;
  }

  @Override
  public Future<Void> ping() {
    return away ? unavailable() : Future.succeededFuture();
  }

  @Override
  public @Nullable SessionLookup cached(String endpoint, String id, Asker asker) {
    throw notOurs();
  }

  @Override
  public Future<Boolean> open(String endpoint, Session session) {
    throw notOurs();
  }

  @Override
  public Future<Void> lose(String endpoint, Session session, Loss why) {
    throw notOurs();
  }

  @Override
  public void beginUse(String endpoint, Session session) {
    throw notOurs();
  }

  @Override
  public void endUse(String endpoint, Session session) {
    throw notOurs();
  }

  @Override
  public Future<@Nullable Slot> reserve(String endpoint, String instance, int max) {
    throw notOurs();
  }

  @Override
  public void release(Slot slot) {
    throw notOurs();
  }

  @Override
  public Future<@Nullable OwnerSlot> reserveFor(String endpoint, String owner, long max) {
    throw notOurs();
  }

  @Override
  public void release(OwnerSlot slot) {
    throw notOurs();
  }

  private static UnsupportedOperationException notOurs() {
    return new UnsupportedOperationException("the management API has no business here");
  }
}
