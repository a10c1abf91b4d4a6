package io.sessionrouter.session;

import io.sessionrouter.domain.Backoff;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reaps instance after instance, each as long as it has sessions whose time is over.
 *
 * <p>How fast is up to the containers: a few sessions of an instance are closed at the same time,
 * and the next when one of them was. An instance that does not answer is left alone for a while,
 * the longer the more often; its sessions stay claimable. A bounded number of instances is at work
 * at once, and they take turns.
 */
final class Reaper {
  private static final Logger LOG = Logger.getLogger(Reaper.class);
  private static final int MAX_LANES = 32;
  private static final Duration FIRST_REST = Duration.ofSeconds(1);
  private static final Duration MAX_PAUSE = Duration.ofSeconds(30);

  private final Reaping reaping;
  private final KnownInstances instances;
  private final InstantSource clock;
  private final Backoff rests = new Backoff(FIRST_REST, MAX_PAUSE, new Random());
  private final Map<Lane, Boolean> busy = new ConcurrentHashMap<>();
  private final Map<Lane, Rest> resting = new ConcurrentHashMap<>();
  private final Queue<Lane> waiting = new ArrayDeque<>();
  private int running;

  /** One instance's sessions. */
  private record Lane(EndpointSessions sessions, String instance) {}

  private record Rest(int failures, long until) {}

  Reaper(Reaping reaping, KnownInstances instances, InstantSource clock) {
    this.reaping = reaping;
    this.instances = instances;
    this.clock = clock;
  }

  /** The instance has sessions whose time is over. Returns at once. */
  void due(EndpointSessions sessions, String instance) {
    Lane lane = new Lane(sessions, instance);
    Rest rest = resting.get(lane);
    boolean rests = rest != null && clock.millis() < rest.until;
    if (!rests && busy.putIfAbsent(lane, true) == null) {
      queue(lane);
      startNext();
    }
  }

  /** Whether nothing is under way. */
  boolean idle() {
    return busy.isEmpty();
  }

  private synchronized void queue(Lane lane) {
    waiting.add(lane);
  }

  private void startNext() {
    for (Lane lane = next(); lane != null; lane = next()) {
      run(lane);
    }
  }

  private synchronized @Nullable Lane next() {
    Lane lane = running < MAX_LANES ? waiting.poll() : null;
    if (lane != null) {
      running++;
    }
    return lane;
  }

  private void run(Lane lane) {
    Future<Boolean> batch = reaping.batch(lane.sessions, lane.instance);
    batch
        .onSuccess(more -> ended(lane, more))
        .onFailure(why -> failed(lane, why))
        .onComplete(done -> startNext());
  }

  private synchronized void ended(Lane lane, boolean more) {
    running--;
    if (resting.remove(lane) != null) {
      LOG.infof(
          "expired sessions are closed again endpoint=%s instance=%s",
          lane.sessions.name(), lane.instance);
    }
    if (more) {
      waiting.add(lane);
    } else {
      busy.remove(lane);
    }
  }

  private synchronized void failed(Lane lane, Throwable why) {
    running--;
    Rest before = resting.get(lane);
    int failures = before == null ? 1 : before.failures + 1;
    resting.put(lane, new Rest(failures, clock.millis() + rests.afterFailures(failures)));
    busy.remove(lane);
    if (before == null) {
      LOG.warnf(
          "expired sessions not closed on their container, tried again later endpoint=%s"
              + " instance=%s cause=%s",
          lane.sessions.name(), lane.instance, why);
    }
  }

  /** Forgets the instances that are not there any more. */
  void trim() {
    resting.keySet().removeIf(lane -> !instances.of(lane.sessions.name()).contains(lane.instance));
  }
}
