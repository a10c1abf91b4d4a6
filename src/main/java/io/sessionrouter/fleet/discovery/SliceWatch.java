package io.sessionrouter.fleet.discovery;

import io.sessionrouter.domain.Backoff;
import io.sessionrouter.fleet.FleetUpdates;
import io.sessionrouter.telemetry.DiscoveryMeters.Feed;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Follows the EndpointSlices of one Service for as long as the router runs.
 *
 * <p>Runs on one event loop. A failure costs a wait that grows, and loses nothing: the next attempt
 * goes on where the last one was.
 */
final class SliceWatch {
  private static final Logger LOG = Logger.getLogger(SliceWatch.class);

  /** A watch that ends sooner counts as failed, or it would be begun in a loop. */
  private static final long SHORTEST_WATCH_MILLIS = 1_000;

  private final Vertx vertx;
  private final Context context;
  private final ApiServer server;
  private final Target target;
  private final FleetUpdates.Source source;
  private final Feed feed;
  private final Pace pace;
  private final InstantSource clock;
  private final Backoff backoff;
  private final SliceStore store = new SliceStore();

  private @Nullable SliceApi api;
  private List<String> withoutPort = List.of();
  private int failures;
  private boolean failing;
  private boolean stopped;

  SliceWatch(
      Vertx vertx,
      ApiServer server,
      Target target,
      FleetUpdates.Source source,
      Feed feed,
      Pace pace,
      InstantSource clock) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.server = server;
    this.target = target;
    this.source = source;
    this.feed = feed;
    this.pace = pace;
    this.clock = clock;
    this.backoff = new Backoff(pace.firstBackoff(), pace.longestBackoff(), new Random());
  }

  void start() {
    context.runOnContext(begin -> next());
  }

  void stop() {
    context.runOnContext(
        end -> {
          stopped = true;
          hangUp();
        });
  }

  private void next() {
    if (!stopped) {
      Future<Void> step = store.resourceVersion().isEmpty() ? list() : watch();
      step.onSuccess(done -> next()).onFailure(this::failed);
    }
  }

  private Future<Void> list() {
    long asked = clock.millis();
    feed.asked();
    return api().list().map(all -> listed(all, asked));
  }

  private @Nullable Void listed(SliceApi.Listing all, long asked) {
    if (all.resourceVersion().isEmpty()) {
      throw ApiFailure.unreadable("a list without a resource version");
    }
    store.replace(all.slices(), all.resourceVersion());
    publish(asked);
    return null;
  }

  private Future<Void> watch() {
    long begun = clock.millis();
    return api()
        .watch(store.resourceVersion(), this::current, this::heard)
        .compose(ended -> checkLength(begun));
  }

  private Future<Void> checkLength(long begun) {
    if (clock.millis() - begun < SHORTEST_WATCH_MILLIS) {
      return Future.failedFuture(ApiFailure.unreadable("the watch ended at once"));
    }
    recovered();
    return Future.succeededFuture();
  }

  private void heard(SliceEvent event) {
    if (stopped) {
      return;
    }
    boolean changed = store.apply(event);
    recovered();
    if (changed) {
      publish(clock.millis());
    } else {
      current();
    }
  }

  private void publish(long asOf) {
    feed.heard();
    source.lists(store.sightings(target), asOf - pace.lag().toMillis());
    List<String> useless = store.withoutPort(target);
    if (!useless.equals(withoutPort)) {
      withoutPort = useless;
      warnOfPort(useless);
    }
  }

  private void warnOfPort(List<String> useless) {
    if (!useless.isEmpty()) {
      LOG.warnf(
          "endpoint slices without the port endpoint=%s variant=%s service=%s/%s port=%s slices=%s"
              + " (expected: kubernetes.port, the number or name of one they have)",
          target.endpoint(),
          target.variant(),
          target.namespace(),
          target.service(),
          target.port(),
          useless);
    }
  }

  private void current() {
    feed.heard();
    source.stillAt(clock.millis() - pace.lag().toMillis());
  }

  private void recovered() {
    failures = 0;
    if (failing) {
      failing = false;
      LOG.infof(
          "kubernetes watch works again endpoint=%s variant=%s service=%s/%s",
          target.endpoint(), target.variant(), target.namespace(), target.service());
    }
  }

  private void failed(Throwable why) {
    failures++;
    feed.failed(ApiFailure.kindOf(why));
    if (why instanceof ApiFailure told && told.isGone()) {
      store.outdated();
    } else {
      hangUp();
      warn(why);
    }
    if (!stopped) {
      vertx.setTimer(backoff.afterFailures(failures), again -> next());
    }
  }

  private void warn(Throwable why) {
    if (!failing && !stopped) {
      failing = true;
      LOG.warnf(
          "kubernetes watch failed; the known instances stay endpoint=%s variant=%s service=%s/%s"
              + " cause=%s",
          target.endpoint(), target.variant(), target.namespace(), target.service(), why);
    }
  }

  private SliceApi api() {
    SliceApi present = api;
    if (present == null) {
      present = new SliceApi(vertx, server, target, pace);
      api = present;
    }
    return present;
  }

  private void hangUp() {
    SliceApi present = api;
    api = null;
    if (present != null) {
      present.close();
    }
  }
}
