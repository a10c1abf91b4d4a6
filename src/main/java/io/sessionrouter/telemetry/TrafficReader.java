package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sessionrouter.domain.FailureKind;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Reads what the meters have counted, endpoint by endpoint, so that nothing on the path of requests
 * has to count for the console too.
 */
public final class TrafficReader {
  private static final Early NOTHING = new Early(0, 0);

  /** The outcomes that are the service's own fault. */
  private static final Set<String> FAULTS =
      Stream.of(FailureKind.values())
          .filter(kind -> kind.fault() == FailureKind.Fault.ROUTER)
          .map(FailureKind::label)
          .collect(Collectors.toUnmodifiableSet());

  private final MeterRegistry registry;
  private final RequestMeters requests;
  private final Map<String, Early> early = new HashMap<>();

  /**
   * Requests are counted after their first byte is measured: a reading in between finds the slowest
   * of a request that only the next one counts.
   */
  private record Early(long counted, double slowest) {}

  /**
   * @param requests know the slowest first bytes, which no meter of the registry does
   */
  public TrafficReader(MeterRegistry registry, RequestMeters requests) {
    this.registry = registry;
    this.requests = requests;
  }

  /**
   * By endpoint, since the router began; what had no endpoint is under the empty name. The slowest
   * first bytes are those since it was read before, so there is one reader.
   */
  public Map<String, Traffic> read() {
    Map<String, Sum> sums = new HashMap<>();
    for (Meter meter : registry.getMeters()) {
      String endpoint = meter.getId().getTag(Metric.ENDPOINT);
      if (endpoint != null) {
        add(meter, sums.computeIfAbsent(endpoint, e -> new Sum()));
      }
    }
    Map<String, Traffic> traffic = new HashMap<>();
    early.keySet().retainAll(sums.keySet());
    early.keySet().retainAll(sums.keySet());
    sums.forEach((endpoint, sum) -> traffic.put(endpoint, sum.traffic(slowest(endpoint, sum))));
    return traffic;
  }

  private double slowest(String endpoint, Sum sum) {
    Early before = early.getOrDefault(endpoint, NOTHING);
    double slowest = Math.max(before.slowest, requests.takeSlowest(endpoint));
    long counted = sum.firstBytes.count();
    boolean more = counted > before.counted;
    early.put(endpoint, new Early(counted, more ? 0 : slowest));
    return more ? slowest : 0;
  }

  private static void add(Meter meter, Sum sum) {
    String name = meter.getId().getName();
    if (meter instanceof Counter counter) {
      if (name.equals(Metric.REQUESTS.id())) {
        sum.requests(String.valueOf(meter.getId().getTag("outcome")), (long) counter.count());
      } else if (name.equals(Metric.SESSIONS_OPENED.id())) {
        sum.opened += (long) counter.count();
      } else if (name.equals(Metric.SESSIONS_ENDED.id())) {
        String cause = String.valueOf(meter.getId().getTag("cause"));
        sum.ended.merge(cause, (long) counter.count(), Long::sum);
      }
    } else if (meter instanceof Timer timer && name.equals(Metric.TIME_TO_FIRST_BYTE.id())) {
      sum.firstBytes = sum.firstBytes.plus(Latencies.of(timer));
    }
  }

  /** Of all variants, operations and kinds of session. */
  private static final class Sum {
    private long requests;
    private final Map<String, Long> failures = new TreeMap<>();
    private final Map<String, Long> faults = new TreeMap<>();
    private Latencies firstBytes = Latencies.NONE;
    private long opened;
    private final Map<String, Long> ended = new TreeMap<>();

    private void requests(String outcome, long count) {
      requests += count;
      if (!VariantMeters.isNoFailure(outcome)) {
        failures.merge(outcome, count, Long::sum);
      }
      if (FAULTS.contains(outcome)) {
        faults.merge(outcome, count, Long::sum);
      }
    }

    private Traffic traffic(double slowest) {
      return new Traffic(requests, failures, faults, firstBytes, opened, ended, slowest);
    }
  }
}
