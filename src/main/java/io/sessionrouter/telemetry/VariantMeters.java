package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sessionrouter.domain.FailureKind;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAccumulator;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one endpoint's variant.
 *
 * <p>Each is made at first use, so that what never happens is not shown; made twice it is the same.
 */
public final class VariantMeters {
  private static final int SUCCESS = FailureKind.values().length;
  private static final int CLIENT_GONE = SUCCESS + 1;
  private static final int OUTCOMES = CLIENT_GONE + 1;
  private static final String SUCCESS_LABEL = "success";
  private static final String CLIENT_GONE_LABEL = "client_gone";

  private final MeterRegistry registry;
  private final FaultMeters faults;
  private final String endpoint;
  private final String variant;
  private final AtomicReferenceArray<@Nullable Counter> requests =
      new AtomicReferenceArray<>(OUTCOMES * OperationKind.values().length);
  private final @Nullable OfKind[] kinds = new OfKind[SessionKind.values().length];
  private final LongAccumulator slowest = new LongAccumulator(Math::max, 0);
  private volatile @Nullable Work work;
  private volatile @Nullable Tokens tokens;

  VariantMeters(MeterRegistry registry, FaultMeters faults, String endpoint, String variant) {
    this.registry = registry;
    this.faults = faults;
    this.endpoint = endpoint;
    this.variant = variant;
  }

  /**
   * The client gets to see the response's head.
   *
   * @param nanos since the request's head
   * @param containerNanos how much of that was the container's
   */
  public void firstByte(SessionKind kind, long nanos, long containerNanos) {
    slowest.accumulate(nanos); // before it is counted: see TrafficReader
    of(kind).firstByte.record(nanos, TimeUnit.NANOSECONDS);
    Work known = work();
    known.container.record(containerNanos, TimeUnit.NANOSECONDS);
    known.overhead.record(nanos - containerNanos, TimeUnit.NANOSECONDS);
  }

  /** The slowest first byte since this was called before, in nanoseconds; 0 if there was none. */
  long takeSlowest() {
    return slowest.getThenReset();
  }

  /** The container says how much of its context it had in its cache. */
  public void tokens(long prompt, long cached) {
    Tokens known = tokens;
    if (known == null) {
      known = new Tokens(registry, endpoint, variant);
      tokens = known;
    }
    known.prompt.increment((double) prompt);
    known.cached.increment((double) cached);
  }

  /** Bytes of bodies that went either way. */
  public void moved(long requestBytes, long responseBytes) {
    Work known = work();
    known.requestBytes.increment((double) requestBytes);
    known.responseBytes.increment((double) responseBytes);
  }

  public void succeeded(OperationKind operation, SessionKind kind, long nanos) {
    of(kind).duration.record(nanos, TimeUnit.NANOSECONDS);
    request(operation, SUCCESS).increment();
    faults.none();
  }

  public void failed(OperationKind operation, FailureKind failure) {
    request(operation, failure.ordinal()).increment();
    faults.failed(failure);
  }

  /** Shows the failure before it happens first, for rules that name it. */
  void expect(OperationKind operation, FailureKind failure) {
    request(operation, failure.ordinal());
  }

  /** It failed, and the response had begun. */
  public void broken(OperationKind operation, FailureKind failure) {
    failed(operation, failure);
    Metric.RESPONSES_BROKEN
        .counter(registry, endpoint, variant, operation.label(), failure.label())
        .increment();
  }

  /** The client went away before the end. */
  public void clientGone(OperationKind operation) {
    request(operation, CLIENT_GONE).increment();
    faults.none();
  }

  /** A connect to an instance failed, and is tried again there or elsewhere. */
  public void connectsAgain() {
    Metric.CONNECT_RETRIES.counter(registry, endpoint, variant).increment();
  }

  private OfKind of(SessionKind kind) {
    OfKind known = kinds[kind.ordinal()];
    if (known == null) {
      known = new OfKind(registry, endpoint, variant, kind);
      kinds[kind.ordinal()] = known;
    }
    return known;
  }

  private Work work() {
    Work known = work;
    if (known == null) {
      known = new Work(registry, endpoint, variant);
      work = known;
    }
    return known;
  }

  private Counter request(OperationKind operation, int outcome) {
    Counter known = requests.get(operation.ordinal() * OUTCOMES + outcome);
    return known != null ? known : register(operation, outcome);
  }

  private Counter register(OperationKind operation, int outcome) {
    Counter counter =
        Metric.REQUESTS.counter(registry, endpoint, variant, operation.label(), label(outcome));
    requests.set(operation.ordinal() * OUTCOMES + outcome, counter);
    return counter;
  }

  private static String label(int outcome) {
    if (outcome < SUCCESS) {
      return FailureKind.values()[outcome].label();
    }
    return outcome == SUCCESS ? SUCCESS_LABEL : CLIENT_GONE_LABEL;
  }

  /** Whether a value of the label {@code outcome} is none of the failure table. */
  static boolean isNoFailure(String label) {
    return label.equals(SUCCESS_LABEL) || label.equals(CLIENT_GONE_LABEL);
  }

  private static final class OfKind {
    private final Timer firstByte;
    private final Timer duration;

    OfKind(MeterRegistry registry, String endpoint, String variant, SessionKind kind) {
      firstByte = Metric.TIME_TO_FIRST_BYTE.timer(registry, endpoint, variant, kind.label());
      duration = Metric.REQUEST_DURATION.timer(registry, endpoint, variant, kind.label());
    }
  }

  /** What is the same whatever the session. */
  private static final class Work {
    private final Timer container;
    private final Timer overhead;
    private final Counter requestBytes;
    private final Counter responseBytes;

    Work(MeterRegistry registry, String endpoint, String variant) {
      container = Metric.CONTAINER_LATENCY.timer(registry, endpoint, variant);
      overhead = Metric.OVERHEAD.timer(registry, endpoint, variant);
      requestBytes = Metric.REQUEST_BYTES.counter(registry, endpoint, variant);
      responseBytes = Metric.RESPONSE_BYTES.counter(registry, endpoint, variant);
    }
  }

  private static final class Tokens {
    private final Counter prompt;
    private final Counter cached;

    Tokens(MeterRegistry registry, String endpoint, String variant) {
      prompt = Metric.PROMPT_TOKENS.counter(registry, endpoint, variant);
      cached = Metric.CACHED_TOKENS.counter(registry, endpoint, variant);
    }
  }
}
