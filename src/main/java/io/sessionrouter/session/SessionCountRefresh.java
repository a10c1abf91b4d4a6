package io.sessionrouter.session;

import io.sessionrouter.session.SessionIndex.Look;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Asks Redis again and again how many sessions each instance has, and has those reaped whose time
 * is over.
 *
 * <p>Only instances that have sessions are asked for, and those that any replica announced. Should
 * an announcement be missed, every instance is asked for once in a while.
 */
final class SessionCountRefresh {
  private static final long ALL_MILLIS = Duration.ofMinutes(5).toMillis();
  private static final int AT_ONCE = 256;

  private final Map<String, EndpointSessions> endpoints;
  private final SessionIndex index;
  private final KnownInstances instances;
  private final Activity activity;
  private final Reaper reaper;
  private final InstantSource clock;

  private record Question(EndpointSessions sessions, String instance) {}

  SessionCountRefresh(
      Map<String, EndpointSessions> endpoints,
      SessionIndex index,
      KnownInstances instances,
      Activity activity,
      Reaper reaper,
      InstantSource clock) {
    this.endpoints = endpoints;
    this.index = index;
    this.instances = instances;
    this.activity = activity;
    this.reaper = reaper;
    this.clock = clock;
  }

  /** One round. Never fails: the counts of before stay. */
  Future<Void> refresh() {
    return activity
        .read(endpoints)
        .compose(read -> ask(questions(), 0))
        .recover(why -> Future.succeededFuture());
  }

  private List<Question> questions() {
    long since = clock.millis() - ALL_MILLIS;
    List<Question> questions = new ArrayList<>();
    for (EndpointSessions sessions : endpoints.values()) {
      Collection<String> known = instances.of(sessions.name());
      sessions.counts().retain(known);
      for (String instance : known) {
        if (sessions.counts().stale(instance, since)) {
          questions.add(new Question(sessions, instance));
        }
      }
    }
    return questions;
  }

  /** As many at once as go into one pipeline, then the next. */
  private Future<Void> ask(List<Question> questions, int from) {
    if (from >= questions.size()) {
      return Future.succeededFuture();
    }
    int to = Math.min(questions.size(), from + AT_ONCE);
    List<Future<Void>> answers =
        questions.subList(from, to).stream().map(q -> ask(q.sessions, q.instance)).toList();
    return Future.join(answers).compose(all -> ask(questions, to));
  }

  private Future<Void> ask(EndpointSessions sessions, String instance) {
    long now = clock.millis();
    long mark = sessions.counts().mark(instance);
    return index
        .look(sessions.name(), instance, now)
        .onSuccess(look -> seen(sessions, instance, look, mark, now))
        .onFailure(why -> sessions.counts().announced(instance))
        .mapEmpty();
  }

  private void seen(EndpointSessions sessions, String instance, Look look, long mark, long asOf) {
    sessions.counts().counted(instance, look, mark, asOf);
    if (look.due() > 0) {
      reaper.due(sessions, instance);
    }
  }
}
