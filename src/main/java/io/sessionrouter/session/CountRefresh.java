package io.sessionrouter.session;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Asks Redis again and again how many sessions each instance has. */
final class CountRefresh {
  private final SessionIndex index;
  private final KnownInstances instances;

  CountRefresh(SessionIndex index, KnownInstances instances) {
    this.index = index;
    this.instances = instances;
  }

  /** One round over the endpoint's instances. Never fails: the counts of before stay. */
  Future<Void> refresh(EndpointSessions sessions) {
    Collection<String> known = instances.of(sessions.name());
    sessions.counts().retain(known);
    List<Future<?>> counts = new ArrayList<>(known.size());
    for (String instance : known) {
      counts.add(count(sessions, instance));
    }
    return Future.join(counts).recover(why -> Future.succeededFuture()).mapEmpty();
  }

  private Future<?> count(EndpointSessions sessions, String instance) {
    long mark = sessions.counts().mark(instance);
    return index
        .count(sessions.name(), instance)
        .onSuccess(counted -> sessions.counts().counted(instance, counted, mark));
  }
}
