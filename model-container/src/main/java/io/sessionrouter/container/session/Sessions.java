package io.sessionrouter.container.session;

import io.sessionrouter.container.generation.MemoryBudget;
import io.sessionrouter.container.generation.SequenceState;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** All sessions of one model: opening, finding, ending, and giving their memory back. */
public final class Sessions implements MemoryBudget.Reclaimer {
  private final ConcurrentHashMap<String, Session> live = new ConcurrentHashMap<>();
  private final SessionDirectory directory;
  private final States states;
  private final Lifetime lifetime;
  private final EvictionPolicy eviction;
  private final InstantSource clock;
  private final Consumer<SessionEnd> onEnd;

  /** Makes and frees the states of sessions. */
  public interface States {
    /** A new, empty state; fails if there is no memory for it. */
    SequenceState open();

    /** Gives its memory back; complete when done. */
    CompletableFuture<Void> release(SequenceState state);
  }

  /** No sessions yet. */
  public Sessions(
      States states,
      Lifetime lifetime,
      EvictionPolicy eviction,
      InstantSource clock,
      SessionDirectory directory,
      Consumer<SessionEnd> onEnd) {
    this.states = states;
    this.lifetime = lifetime;
    this.eviction = eviction;
    this.clock = clock;
    this.directory = directory;
    this.onEnd = onEnd;
  }

  /** Opens a session and claims it for the request that asked for it. */
  public Use open() {
    String id = UUID.randomUUID().toString();
    var session = new Session(id, states.open(), lifetime, clock.instant());
    var use = new Use(session, clock);
    live.put(id, session);
    directory.opened(id);
    return use;
  }

  /** Claims a session for one request, or says why there is none. */
  public Use use(String id) {
    Session session = live.get(id);
    if (session == null) {
      throw directory.refusal(id);
    }
    return new Use(session, clock);
  }

  /** Ends a session; complete when its memory is free. Only for one who has its turn. */
  public CompletableFuture<Void> end(Session session, SessionEnd reason) {
    return session.end(reason) ? bury(session, reason) : CompletableFuture.completedFuture(null);
  }

  private CompletableFuture<Void> bury(Session session, SessionEnd reason) {
    directory.ended(session.id(), reason);
    live.remove(session.id());
    onEnd.accept(reason);
    return states.release(session.state());
  }

  /** Ends the sessions whose time is over and that nobody uses; how many there were. */
  public int reap() {
    Instant now = clock.instant();
    List<Session> expired =
        live.values().stream().filter(session -> session.endIfExpired(now)).toList();
    expired.forEach(session -> bury(session, SessionEnd.EXPIRED).join());
    return expired.size();
  }

  /** Ends all of them, used or not; how many there were. */
  public int endAll(SessionEnd reason) {
    List<Session> ended = live.values().stream().filter(session -> session.end(reason)).toList();
    ended.forEach(session -> bury(session, reason).join());
    return ended.size();
  }

  /** Ends all of them for good, first those that nobody uses; how many it ended. */
  public int drain() {
    Instant now = clock.instant();
    List<Session> idle =
        live.values().stream()
            .filter(session -> session.endIfIdleSince(now, SessionEnd.DRAINED))
            .toList();
    idle.forEach(session -> bury(session, SessionEnd.DRAINED).join());
    return idle.size() + endAll(SessionEnd.DRAINED);
  }

  @Override
  public boolean reclaim(long bytes) {
    return reap() > 0 || (eviction.enabled() && evictOne());
  }

  private boolean evictOne() {
    Instant then = clock.instant().minus(eviction.minIdle());
    // Sorted by a copy of the times: they change while others use their sessions.
    Optional<Session> oldest =
        live.values().stream()
            .map(session -> Map.entry(session.lastUsed(), session))
            .sorted(Map.Entry.comparingByKey())
            .map(Map.Entry::getValue)
            .filter(session -> session.endIfIdleSince(then, SessionEnd.EVICTED))
            .findFirst();
    oldest.ifPresent(session -> bury(session, SessionEnd.EVICTED).join());
    return oldest.isPresent();
  }

  /** How many there are. */
  public int size() {
    return live.size();
  }
}
