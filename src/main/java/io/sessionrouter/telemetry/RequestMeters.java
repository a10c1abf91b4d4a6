package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sessionrouter.domain.FailureKind;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * The meters of the data port: of requests, of connections and of the event loops.
 *
 * <p>Meters are looked up once per endpoint and variant; a request pays for adding only. Labels
 * have a bounded set of values: what a client sends never becomes one.
 */
public final class RequestMeters {
  private static final String NO_ENDPOINT = "";
  private static final String NO_VARIANT = "";

  private final MeterRegistry registry;
  private final Map<String, Map<String, VariantMeters>> variants = new ConcurrentHashMap<>();
  private final Map<String, FaultMeters> faults = new ConcurrentHashMap<>();
  private final Map<String, AffinityMeters> affinities = new ConcurrentHashMap<>();
  private final Map<String, ExpiryMeters> expiries = new ConcurrentHashMap<>();
  private final PrincipalMeters principals;
  private final LongAdder inFlight = new LongAdder();
  private final LongAdder queued = new LongAdder();
  private final LongAdder connections = new LongAdder();
  private final Timer loopDelay;
  private final Counter failedHandshakes;

  public RequestMeters(MeterRegistry registry) {
    this.registry = registry;
    this.principals = new PrincipalMeters(registry);
    Metric.REQUESTS_IN_FLIGHT.gauge(registry, inFlight, LongAdder::sum);
    Metric.REQUESTS_QUEUED.gauge(registry, queued, LongAdder::sum);
    Metric.CLIENT_CONNECTIONS.gauge(registry, connections, LongAdder::sum);
    this.failedHandshakes = Metric.TLS_HANDSHAKE_FAILURES.counter(registry);
    this.loopDelay = Metric.EVENT_LOOP_DELAY.timer(registry);
  }

  /** The meters of one variant; to be kept by who asks often. */
  public VariantMeters variant(String endpoint, String variant) {
    Map<String, VariantMeters> ofEndpoint = variants.get(endpoint);
    VariantMeters known = ofEndpoint == null ? null : ofEndpoint.get(variant);
    return known != null ? known : add(endpoint, variant);
  }

  private VariantMeters add(String endpoint, String variant) {
    return variants
        .computeIfAbsent(endpoint, e -> new ConcurrentHashMap<>())
        .computeIfAbsent(variant, v -> new VariantMeters(registry, faults(endpoint), endpoint, v));
  }

  private FaultMeters faults(String endpoint) {
    return faults.computeIfAbsent(endpoint, e -> new FaultMeters(registry, e));
  }

  /**
   * Shows an endpoint from the start: by fault, and what an alert asks for by its name. Without a
   * free slot a request has no variant yet.
   */
  public void expect(String endpoint) {
    VariantMeters ofNone = variant(endpoint, NO_VARIANT);
    ofNone.expect(OperationKind.INVOKE, FailureKind.NO_SESSION_SLOT);
    ofNone.expect(OperationKind.RESPONSE_STREAM, FailureKind.NO_SESSION_SLOT);
    ofNone.expect(OperationKind.CHAT_COMPLETIONS, FailureKind.NO_SESSION_SLOT);
    ofNone.expect(OperationKind.COMPLETIONS, FailureKind.NO_SESSION_SLOT);
    expiries(endpoint);
    VariantMeters unknown = variant(NO_ENDPOINT, NO_VARIANT);
    for (FailureKind kind : FailureKind.values()) {
      if (kind.alert() == FailureKind.Alert.CALLERS_REFUSED) {
        unknown.expect(OperationKind.UNKNOWN, kind);
      }
    }
  }

  /** The endpoint is no more: nothing that was measured of it is shown any longer. */
  public void forget(String endpoint) {
    variants.remove(endpoint);
    faults.remove(endpoint);
    affinities.remove(endpoint);
    expiries.remove(endpoint);
    registry.getMeters().stream()
        .filter(meter -> endpoint.equals(meter.getId().getTag(Metric.ENDPOINT)))
        .forEach(registry::remove);
  }

  /** The look-ups of one endpoint's sessions. */
  public AffinityMeters affinity(String endpoint) {
    AffinityMeters known = affinities.get(endpoint);
    return known != null
        ? known
        : affinities.computeIfAbsent(endpoint, e -> new AffinityMeters(registry, e));
  }

  /** The expiries of one endpoint's sessions. */
  public ExpiryMeters expiries(String endpoint) {
    return expiries.computeIfAbsent(endpoint, e -> new ExpiryMeters(registry, e));
  }

  /** The slowest first byte of the endpoint since this was called before, in seconds; 0 if none. */
  double takeSlowest(String endpoint) {
    long slowest = 0;
    for (VariantMeters variant : variants.getOrDefault(endpoint, Map.of()).values()) {
      slowest = Math.max(slowest, variant.takeSlowest());
    }
    return slowest / 1e9;
  }

  /** A request that failed before it had an endpoint. */
  public void refused(FailureKind failure) {
    variant(NO_ENDPOINT, NO_VARIANT).failed(OperationKind.UNKNOWN, failure);
  }

  /** A request was refused because a quota of its principal was used up. */
  public void throttled(String endpoint, String principal, FailureKind why) {
    principals.throttled(endpoint, principal, why);
  }

  /** It waits until a container is sent it. */
  public void requestBegan() {
    inFlight.increment();
    queued.increment();
  }

  /** A container is sent it, or it ends before. */
  public void requestLeftQueue() {
    queued.decrement();
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

  /** How much is held for clients, and how much may be; read at every scrape. */
  public void heldMemory(LongSupplier used, LongSupplier limit) {
    Metric.HELD_BYTES.gauge(registry, used, LongSupplier::getAsLong);
    Metric.HELD_BYTES_LIMIT.gauge(registry, limit, LongSupplier::getAsLong);
  }

  /**
   * A connection was closed to make room for others.
   *
   * @param state what it was doing
   */
  public void evicted(String state) {
    Metric.CONNECTIONS_EVICTED.counter(registry, state).increment();
  }

  /** An event loop came so late to what was due. */
  public void loopLate(long nanos) {
    loopDelay.record(Math.max(0, nanos), TimeUnit.NANOSECONDS);
  }
}
