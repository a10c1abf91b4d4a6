package io.sessionrouter.gateway;

import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.Loss;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup;
import io.sessionrouter.domain.SessionLookup.Found;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.session.Sessions;
import io.sessionrouter.session.StoreHealth;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Sessions in memory, which can be slow, full, or away. */
final class FakeSessions implements Sessions, StoreHealth {
  final Map<String, SessionLookup> known = new ConcurrentHashMap<>();
  final Set<String> inUse = ConcurrentHashMap.newKeySet();
  final Set<Slot> slots = ConcurrentHashMap.newKeySet();
  final Set<OwnerSlot> ownerSlots = ConcurrentHashMap.newKeySet();
  final Queue<Promise<Boolean>> heldOpens = new ConcurrentLinkedQueue<>();
  final AtomicInteger asked = new AtomicInteger();
  final Queue<Loss> losses = new ConcurrentLinkedQueue<>();
  final Queue<Promise<Void>> heldAnswers = new ConcurrentLinkedQueue<>();
  volatile boolean holdAnswers;
  volatile boolean cached = true;
  volatile boolean away;
  volatile boolean knownAway;
  volatile boolean holdOpens;

  @Override
  public SessionLookup cached(String endpoint, String id, Asker asker) {
    SessionLookup lookup = cached ? known.get(endpoint + ":" + id) : null;
    return lookup instanceof Found(Session session) && !asker.sees(session.owner()) ? null : lookup;
  }

  @Override
  public boolean available() {
    return !knownAway;
  }

  @Override
  public boolean subscribed() {
    return !knownAway;
  }

  @Override
  public String lastError() {
    return null;
  }

  @Override
  public Future<Void> ping() {
    return answer(null);
  }

  @Override
  public Future<SessionLookup> find(String endpoint, String id, Asker asker) {
    asked.incrementAndGet();
    return held(() -> answer(seen(endpoint, id, asker)));
  }

  private SessionLookup seen(String endpoint, String id, Asker asker) {
    SessionLookup lookup = known.getOrDefault(endpoint + ":" + id, Missing.UNKNOWN);
    return lookup instanceof Found(Session session) && !asker.sees(session.owner())
        ? Missing.UNKNOWN
        : lookup;
  }

  @Override
  public Future<Boolean> open(String endpoint, Session session) {
    if (holdOpens) {
      Promise<Boolean> promise = Promise.promise();
      heldOpens.add(promise);
      return promise.future().map(ok -> store(endpoint, session));
    }
    return away ? unavailable() : answer(store(endpoint, session));
  }

  private boolean store(String endpoint, Session session) {
    return known.putIfAbsent(endpoint + ":" + session.id(), new Found(session)) == null;
  }

  @Override
  public Future<Void> close(String endpoint, Session session) {
    return away ? unavailable() : end(endpoint, session, Missing.CLOSED);
  }

  @Override
  public Future<Void> lose(String endpoint, Session session, Loss why) {
    losses.add(why);
    return away ? unavailable() : end(endpoint, session, Missing.LOST);
  }

  private Future<Void> end(String endpoint, Session session, Missing how) {
    known.put(endpoint + ":" + session.id(), how);
    return answer(null);
  }

  @Override
  public void beginUse(String endpoint, Session session) {
    inUse.add(session.id());
  }

  @Override
  public void endUse(String endpoint, Session session) {
    inUse.remove(session.id());
  }

  @Override
  public Future<Slot> reserve(String endpoint, String instance, int max) {
    if (away) {
      return unavailable();
    }
    synchronized (slots) {
      Slot slot = new Slot(endpoint, instance, Integer.toString(asked.incrementAndGet()));
      boolean free = bound(endpoint, instance) < max;
      boolean taken = free && slots.add(slot);
      return held(() -> answer(taken ? slot : null));
    }
  }

  @Override
  public void release(Slot slot) {
    slots.remove(slot);
  }

  @Override
  public Future<OwnerSlot> reserveFor(String endpoint, String owner, long max) {
    if (away) {
      return unavailable();
    }
    synchronized (ownerSlots) {
      OwnerSlot slot = new OwnerSlot(endpoint, owner, Integer.toString(asked.incrementAndGet()));
      boolean taken = owned(endpoint, owner) < max && ownerSlots.add(slot);
      return held(() -> answer(taken ? slot : null));
    }
  }

  @Override
  public void release(OwnerSlot slot) {
    ownerSlots.remove(slot);
  }

  private long owned(String endpoint, String owner) {
    long live =
        known.entrySet().stream()
            .filter(e -> e.getKey().startsWith(endpoint + ":"))
            .filter(e -> e.getValue() instanceof Found f && f.session().owner().equals(owner))
            .count();
    return live + ownerSlots.stream().filter(s -> s.owner().equals(owner)).count();
  }

  @Override
  public int bound(String endpoint, String instance) {
    long live =
        known.entrySet().stream()
            .filter(e -> e.getKey().startsWith(endpoint + ":"))
            .filter(e -> e.getValue() instanceof Found f && f.session().instance().equals(instance))
            .count();
    long taken = slots.stream().filter(s -> s.instance().equals(instance)).count();
    return (int) (live + taken);
  }

  CompletionStage<Set<String>> modelsOn(
      String endpoint, String instance, Predicate<Session> counts) {
    Set<String> models = new HashSet<>();
    for (SessionLookup lookup : known.values()) {
      if (lookup instanceof Found(Session session)
          && session.instance().equals(instance)
          && counts.test(session)) {
        models.add(session.model());
      }
    }
    return answer(models).toCompletionStage();
  }

  /** Answers at once, or when the test lets it. */
  private <T> Future<T> held(Supplier<Future<T>> answer) {
    if (!holdAnswers) {
      return answer.get();
    }
    Promise<Void> promise = Promise.promise();
    heldAnswers.add(promise);
    return promise.future().compose(released -> answer.get());
  }

  private <T> Future<T> answer(T value) {
    return away ? unavailable() : Future.succeededFuture(value);
  }

  private static <T> Future<T> unavailable() {
    return Future.failedFuture(
        new RouterException(FailureKind.STORE_UNAVAILABLE, "The session store is unavailable."));
  }
}
