package io.sessionrouter.fleet.discovery;

import io.sessionrouter.domain.Backoff;
import io.sessionrouter.fleet.FleetUpdates;
import io.sessionrouter.telemetry.DiscoveryMeters.Feed;
import io.sessionrouter.tls.TlsFault;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.Collection;
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

  /** So many watches without a bookmark are followed by a list. */
  private static final int WATCHES_PER_LIST = 6;

  private final Vertx vertx;
  private final Context context;
  private final ApiServer server;
  private final Target target;
  private final PodStarts pods;
  private final FleetUpdates.Source source;
  private final Feed feed;
  private final Pace pace;
  private final InstantSource clock;
  private final Backoff backoff;
  private final SliceStore store = new SliceStore();

  private final SteadyAddresses addresses = new SteadyAddresses();

  private final Runnable onPods = this::podsChanged;
  private @Nullable SliceApi api;
  private List<String> withoutPort = List.of();
  private List<Integer> otherPorts = List.of();
  private long knownAt;
  private int failures;
  private int expired;
  private boolean failing;
  private boolean stopped;

  SliceWatch(
      Vertx vertx,
      ApiServer server,
      Target target,
      PodStarts pods,
      FleetUpdates.Source source,
      Feed feed,
      Pace pace,
      InstantSource clock) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.server = server;
    this.target = target;
    this.pods = pods;
    this.source = source;
    this.feed = feed;
    this.pace = pace;
    this.clock = clock;
    this.backoff = new Backoff(pace.firstBackoff(), pace.longestBackoff(), new Random());
  }

  void start() {
    context.runOnContext(begin -> next());
    pods.onChange(onPods);
  }

  private void podsChanged() {
    context.runOnContext(changed -> publishBegun());
  }

  void stop() {
    pods.forget(onPods);
    context.runOnContext(
        end -> {
          stopped = true;
          hangUp();
        });
  }

  private void next() {
    if (!stopped) {
      Future<Void> step = store.resourceVersion().isEmpty() || stale() ? list() : watch();
      step.onSuccess(done -> next()).onFailure(this::failed);
    }
  }

  /** An API server that sends no bookmarks has to be asked how things stand now and then. */
  private boolean stale() {
    return clock.millis() - knownAt >= pace.watch().multipliedBy(WATCHES_PER_LIST).toMillis();
  }

  private Future<Void> list() {
    long asked = clock.millis();
    feed.asked();
    return api().list(Slice::of).map(all -> listed(all, asked));
  }

  private @Nullable Void listed(SliceApi.Listing<Slice> all, long asked) {
    store.replace(all.objects(), all.resourceVersion());
    knownAt = asked;
    publish(asked - pace.lag().toMillis());
    return null;
  }

  private Future<Void> watch() {
    long asked = clock.millis();
    return api()
        .watch(
            store.resourceVersion(),
            feed::succeeded,
            line -> receive(SliceEvent.parse(line), asked))
        .compose(ended -> checkLength(asked));
  }

  private Future<Void> checkLength(long begun) {
    if (clock.millis() - begun < SHORTEST_WATCH_MILLIS) {
      return Future.failedFuture(ApiFailure.unreadable("the watch ended at once"));
    }
    recovered();
    return Future.succeededFuture();
  }

  /**
   * Events come in order, but may come late. So a change says nothing of the present, and a
   * bookmark only that all was reported which happened before the watch was asked for.
   */
  private void receive(SliceEvent event, long asked) {
    if (stopped) {
      return;
    }
    boolean changed = store.apply(event);
    feed.succeeded();
    recovered();
    if (changed) {
      publish(0);
    }
    if (event instanceof SliceEvent.Bookmark && !store.isEmpty()) {
      knownAt = asked;
      source.stillAt(asked - pace.lag().toMillis());
    }
  }

  private void publish(long asOf) {
    feed.succeeded();
    if (store.isEmpty()) {
      source.silent();
    } else {
      Collection<SliceStore.Found> steady = addresses.steady(store.found(target), clock.millis());
      source.lists(SliceStore.ordered(steady).stream().map(pods::begun).toList(), asOf);
      if (addresses.waiting()) {
        vertx.setTimer(SteadyAddresses.MOVE_TIME.toMillis(), moved -> publishAgain());
      }
    }
    List<String> useless = store.withoutPort(target);
    if (!useless.equals(withoutPort)) {
      withoutPort = useless;
      warnOfPort(useless);
    }
    List<Integer> others = store.otherPorts(target);
    if (!others.equals(otherPorts)) {
      otherPorts = others;
      warnOfOtherPorts(others);
    }
  }

  private void publishAgain() {
    if (!stopped && addresses.waiting()) {
      publish(0);
    }
  }

  private void publishBegun() {
    if (!stopped && !store.isEmpty()) {
      publish(0);
    }
  }

  private void warnOfOtherPorts(List<Integer> others) {
    if (!others.isEmpty()) {
      LOG.warnf(
          "port is none of the pods' endpoint=%s variant=%s service=%s/%s port=%s pods=%s"
              + " (expected: kubernetes.port, the number or name of a port of the pods, which may"
              + " be another than the Service's)",
          target.endpoint(),
          target.variant(),
          target.namespace(),
          target.service(),
          target.port(),
          others);
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

  private void recovered() {
    failures = 0;
    expired = 0;
    if (failing) {
      failing = false;
      LOG.infof(
          "kubernetes watch works again endpoint=%s variant=%s service=%s/%s",
          target.endpoint(), target.variant(), target.namespace(), target.service());
    }
  }

  private void failed(Throwable why) {
    feed.failed(ApiFailure.kindOf(why));
    long wait;
    if (why instanceof ApiFailure failure && failure.isGone()) {
      store.outdated();
      failures = 0;
      wait = expired == 0 ? 0 : backoff.afterFailures(expired);
      expired++;
    } else {
      hangUp();
      warn(why);
      failures++;
      wait = backoff.afterFailures(failures);
    }
    if (stopped) {
      return;
    }
    if (wait == 0) {
      next();
    } else {
      vertx.setTimer(wait, again -> next());
    }
  }

  private void warn(Throwable why) {
    if (!failing && !stopped) {
      failing = true;
      String tls = TlsFault.of(why);
      LOG.warnf(
          "kubernetes watch failed; the known instances stay endpoint=%s variant=%s service=%s/%s"
              + " cause=%s",
          target.endpoint(),
          target.variant(),
          target.namespace(),
          target.service(),
          tls != null ? tls : why);
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
