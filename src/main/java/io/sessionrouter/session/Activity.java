package io.sessionrouter.session;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Announces on which instances this replica opens sessions; each instance at most so often. */
final class Activity {
  private static final long GAP_MILLIS = Duration.ofSeconds(20).toMillis();

  private final ReplicaNotices announcements;
  private final InstantSource clock;
  private final Map<String, Long> announced = new ConcurrentHashMap<>();

  Activity(ReplicaNotices announcements, InstantSource clock) {
    this.announcements = announcements;
    this.clock = clock;
  }

  /** A session is about to be opened on the instance, or was. */
  void on(String endpoint, String instance) {
    String name = name(endpoint, instance);
    long now = clock.millis();
    Long last = announced.get(name);
    if (last == null || now - last >= GAP_MILLIS) {
      announced.put(name, now);
      announcements.announce(name).onFailure(why -> announced.remove(name));
    }
  }

  /** Marks for each endpoint on which of its instances any replica opened sessions lately. */
  Future<Void> read(Map<String, EndpointSessions> endpoints) {
    return announcements
        .lately()
        .onSuccess(names -> names.forEach(name -> mark(endpoints, name)))
        .mapEmpty();
  }

  /** Forgets what is not needed any more. Never fails. */
  Future<Void> trim() {
    long now = clock.millis();
    announced.values().removeIf(last -> now - last >= GAP_MILLIS);
    return announcements.trim();
  }

  private static void mark(Map<String, EndpointSessions> endpoints, String name) {
    int colon = name.indexOf(':');
    EndpointSessions sessions = colon < 0 ? null : endpoints.get(name.substring(0, colon));
    if (sessions != null) {
      sessions.counts().announced(name.substring(colon + 1));
    }
  }

  /** Names of endpoints have no colon. */
  private static String name(String endpoint, String instance) {
    return endpoint + ':' + instance;
  }
}
