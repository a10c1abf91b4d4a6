package io.sessionrouter.fleet.discovery;

import io.sessionrouter.domain.Instance;
import io.sessionrouter.endpoint.DiscoverySettings;
import io.sessionrouter.fleet.DiscoveredInstance;
import io.sessionrouter.fleet.FleetUpdates;
import io.sessionrouter.fleet.Readiness;
import io.sessionrouter.telemetry.DiscoveryMeters.Feed;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jboss.logging.Logger;

/**
 * Looks one name up again and again for as long as the router runs.
 *
 * <p>A failed look-up changes nothing. That includes a name that does not exist, since a headless
 * Service without ready pods looks just like that: whether its instances work is for their health
 * checks to say.
 */
final class DnsWatch {
  private static final Logger LOG = Logger.getLogger(DnsWatch.class);

  /** CoreDNS keeps records for half a minute at most, caches between may do so again. */
  private static final long LAG_MILLIS = 60_000;

  private final Vertx vertx;
  private final Context context;
  private final DnsLookup lookup;
  private final String endpoint;
  private final String variant;
  private final DiscoverySettings.Dns settings;
  private final FleetUpdates.Source source;
  private final Feed feed;
  private final InstantSource clock;
  private boolean failing;
  private boolean stopped;
  private long timer = -1;

  DnsWatch(
      Vertx vertx,
      DnsLookup lookup,
      String endpoint,
      String variant,
      DiscoverySettings.Dns settings,
      FleetUpdates.Source source,
      Feed feed,
      InstantSource clock) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.lookup = lookup;
    this.endpoint = endpoint;
    this.variant = variant;
    this.settings = settings;
    this.source = source;
    this.feed = feed;
    this.clock = clock;
  }

  void start() {
    context.runOnContext(begin -> look());
  }

  void stop() {
    context.runOnContext(
        end -> {
          stopped = true;
          vertx.cancelTimer(timer);
        });
  }

  private void look() {
    if (!stopped) {
      long asked = clock.millis();
      feed.asked();
      ask()
          .onComplete(
              answer ->
                  context.runOnContext(
                      on -> {
                        if (answer.succeeded()) {
                          found(answer.result(), asked);
                        } else {
                          failed(answer.cause());
                        }
                        again();
                      }));
    }
  }

  private Future<List<DnsLookup.Found>> ask() {
    return settings.isService()
        ? lookup.service(settings.name())
        : lookup.host(settings.name(), settings.port());
  }

  private void again() {
    if (!stopped) {
      timer = vertx.setTimer(jittered(settings.interval().toMillis()), tick -> look());
    }
  }

  /** Name servers may answer from memory, so the answer is as old as they keep records. */
  private void found(List<DnsLookup.Found> all, long asked) {
    feed.succeeded();
    if (failing) {
      failing = false;
      LOG.infof(
          "dns works again endpoint=%s variant=%s name=%s", endpoint, variant, settings.name());
    }
    source.lists(all.stream().map(this::sighting).toList(), asked - LAG_MILLIS);
  }

  private void failed(Throwable why) {
    feed.failed(DnsLookup.kindOf(why));
    if (!failing && !stopped) {
      failing = true;
      LOG.warnf(
          "dns failed; the known instances stay endpoint=%s variant=%s name=%s cause=%s",
          endpoint, variant, settings.name(), why);
    }
  }

  private DiscoveredInstance sighting(DnsLookup.Found found) {
    return new DiscoveredInstance(
        new Instance(endpoint, variant, found.id(), found.host(), found.port(), settings.tls()),
        Readiness.READY);
  }

  /** Spread by a tenth, so that replicas do not ask together. */
  private static long jittered(long interval) {
    long spread = Math.max(1, interval / 10);
    return Math.max(1, interval - spread + ThreadLocalRandom.current().nextLong(2 * spread));
  }
}
