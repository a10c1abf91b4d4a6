package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** The meters of the sources that report which instances there are. */
public final class DiscoveryMeters {
  private static final double MILLIS = 1000;

  private final MeterRegistry registry;
  private final Gauges gauges;

  /** Values of the label {@code source}. */
  public enum Source {
    KUBERNETES,
    DNS
  }

  /** Values of the label {@code reason}. */
  public enum Failure {
    /** The API server does not know any more what changed since; a new list is asked for. */
    EXPIRED,
    /** It does not let the router read EndpointSlices. */
    DENIED,
    /** It answered with another error. */
    REFUSED,
    /** No answer, or none in time. */
    UNREACHABLE,
    /** The answer is not what it should be, or ended too soon. */
    UNREADABLE,
    /** The name does not exist, or has no records. */
    NO_RECORDS
  }

  public DiscoveryMeters(MeterRegistry registry) {
    this.registry = registry;
    this.gauges = new Gauges(registry);
  }

  /** Shows a source of a variant's instances from now on. Its counters begin here, too. */
  public Feed feed(String endpoint, String variant, Source source, InstantSource clock) {
    String[] labels = {endpoint, variant, label(source)};
    Feed feed = new Feed(registry, labels, clock);
    feed.shown.add(gauges.show(Metric.DISCOVERY_CONNECTED, () -> feed.connected ? 1 : 0, labels));
    feed.shown.add(gauges.show(Metric.DISCOVERY_AGE, feed::age, labels));
    return feed;
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** One source, as it does. Its methods may be called by any thread. */
  public static final class Feed {
    private final List<Gauges.Source> shown = new CopyOnWriteArrayList<>();
    private final InstantSource clock;
    private final Counter queries;
    private final Counter[] counters;
    private volatile long heardAt;
    private volatile boolean connected;

    private Feed(MeterRegistry registry, String[] labels, InstantSource clock) {
      this.clock = clock;
      this.heardAt = clock.millis();
      this.queries = Metric.DISCOVERY_QUERIES.counter(registry, labels);
      this.counters =
          Stream.of(Failure.values())
              .map(why -> failures(registry, labels, why))
              .toArray(Counter[]::new);
    }

    private static Counter failures(MeterRegistry registry, String[] labels, Failure why) {
      return Metric.DISCOVERY_ERRORS.counter(registry, labels[0], labels[1], labels[2], label(why));
    }

    /** Clocks may be set back. */
    private double age() {
      return Math.max(0, clock.millis() - heardAt) / MILLIS;
    }

    /** The source has ended: how it does is shown no longer. */
    public void remove() {
      shown.forEach(Gauges.Source::remove);
    }

    /** It is asked for all instances. */
    public void asked() {
      queries.increment();
    }

    /** It reported something, or that nothing changed. */
    public void succeeded() {
      heardAt = clock.millis();
      connected = true;
    }

    public void failed(Failure why) {
      counters[why.ordinal()].increment();
      connected = connected && why == Failure.EXPIRED;
    }
  }
}
