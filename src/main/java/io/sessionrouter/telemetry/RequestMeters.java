package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.sessionrouter.domain.FailureKind;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The meters of requests on the data port.
 *
 * <p>Meters are looked up once per endpoint and variant; a request pays for adding only. Labels
 * have a bounded set of values: what a client sends never becomes one.
 */
public final class RequestMeters {
  private static final String NO_ENDPOINT = "";
  private static final Duration[] BUCKETS = buckets();

  private final MeterRegistry registry;
  private final Map<String, Map<String, OfVariant>> variants = new ConcurrentHashMap<>();
  private final LongAdder inFlight = new LongAdder();
  private final LongAdder connections = new LongAdder();
  private final Counter failedHandshakes;

  public RequestMeters(MeterRegistry registry) {
    this.registry = registry;
    Gauge.builder("session_router_requests_in_flight", inFlight, LongAdder::sum)
        .description("Requests under way on the data port")
        .register(registry);
    Gauge.builder("session_router_client_connections", connections, LongAdder::sum)
        .description("Open client connections on the data port")
        .register(registry);
    failedHandshakes =
        Counter.builder("session_router_tls_handshake_failures")
            .description("Client connections that did not become TLS connections")
            .register(registry);
  }

  private static Duration[] buckets() {
    long[] micros = {
      500,
      1_000,
      2_500,
      5_000,
      10_000,
      25_000,
      50_000,
      100_000,
      250_000,
      500_000,
      1_000_000,
      2_500_000,
      5_000_000,
      10_000_000,
      30_000_000,
      60_000_000
    };
    return java.util.Arrays.stream(micros)
        .mapToObj(us -> Duration.of(us, java.time.temporal.ChronoUnit.MICROS))
        .toArray(Duration[]::new);
  }

  /** The meters of one variant; to be kept by who asks often. */
  public OfVariant variant(String endpoint, String variant) {
    Map<String, OfVariant> ofEndpoint = variants.get(endpoint);
    OfVariant known = ofEndpoint == null ? null : ofEndpoint.get(variant);
    return known != null ? known : add(endpoint, variant);
  }

  private OfVariant add(String endpoint, String variant) {
    return variants
        .computeIfAbsent(endpoint, e -> new ConcurrentHashMap<>())
        .computeIfAbsent(variant, v -> new OfVariant(endpoint, v));
  }

  /** A request that failed before it had an endpoint. */
  public void refused(FailureKind failure) {
    variant(NO_ENDPOINT, NO_ENDPOINT).failed(failure);
  }

  public void requestBegan() {
    inFlight.increment();
  }

  public void requestEnded() {
    inFlight.decrement();
  }

  public void connectionOpened() {
    connections.increment();
  }

  public void connectionClosed() {
    connections.decrement();
  }

  /** A client connected to the TLS port, and did not get through the handshake. */
  public void handshakeFailed() {
    failedHandshakes.increment();
  }

  /** The meters of one endpoint's variant. */
  public final class OfVariant {
    private static final int SUCCESS = FailureKind.values().length;
    private static final int CLIENT_GONE = SUCCESS + 1;
    private static final int BROKEN = SUCCESS + 2;

    private final String endpoint;
    private final String variant;
    private final AtomicReferenceArray<@Nullable Counter> outcomes =
        new AtomicReferenceArray<>(BROKEN + 1);
    private final @Nullable OfKind[] kinds = new OfKind[SessionKind.values().length];

    OfVariant(String endpoint, String variant) {
      this.endpoint = endpoint;
      this.variant = variant;
    }

    public void firstByte(SessionKind kind, long nanos) {
      of(kind).firstByte.record(nanos, TimeUnit.NANOSECONDS);
    }

    public void succeeded(SessionKind kind, long nanos) {
      of(kind).duration.record(nanos, TimeUnit.NANOSECONDS);
      counter(SUCCESS, "success").increment();
    }

    /** Made at first use, so that what never happens is not shown; twice made is the same. */
    private OfKind of(SessionKind kind) {
      OfKind known = kinds[kind.ordinal()];
      if (known == null) {
        known = new OfKind(registry, endpoint, variant, kind);
        kinds[kind.ordinal()] = known;
      }
      return known;
    }

    public void failed(FailureKind failure) {
      counter(failure.ordinal(), failure.label()).increment();
    }

    /** The client went away before the end. */
    public void clientGone() {
      counter(CLIENT_GONE, "client_gone").increment();
    }

    /** The response had begun, and could not be completed. */
    public void broken() {
      counter(BROKEN, "response_broken").increment();
    }

    private Counter counter(int index, String outcome) {
      Counter known = outcomes.get(index);
      return known != null ? known : register(index, outcome);
    }

    private Counter register(int index, String outcome) {
      Counter counter =
          Counter.builder("session_router_requests")
              .description("Requests on the data port by how they ended")
              .tags("endpoint", endpoint, "variant", variant, "outcome", outcome)
              .register(registry);
      outcomes.set(index, counter);
      return counter;
    }
  }

  private static final class OfKind {
    private final Timer firstByte;
    private final Timer duration;

    OfKind(MeterRegistry registry, String endpoint, String variant, SessionKind kind) {
      Tags tags = Tags.of("endpoint", endpoint, "variant", variant, "session", kind.label());
      firstByte =
          timer("session_router_time_to_first_byte", "Request's head to response's head")
              .tags(tags)
              .register(registry);
      duration =
          timer("session_router_request_duration", "Request's head to response's end")
              .tags(tags)
              .register(registry);
    }

    private static Timer.Builder timer(String name, String description) {
      return Timer.builder(name).description(description).serviceLevelObjectives(BUCKETS);
    }
  }
}
