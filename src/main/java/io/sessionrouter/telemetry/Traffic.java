package io.sessionrouter.telemetry;

import java.util.Map;
import java.util.TreeMap;

/**
 * What one endpoint did, as the meters count it: since the router began, or between two readings.
 *
 * @param requests that ended, however they did
 * @param failures of them by outcome, without those that succeeded or whose client went away
 * @param faults of the failures, those that count against the objectives
 * @param firstBytes times to the first byte
 * @param opened sessions
 * @param ended sessions by cause
 * @param slowest first byte since the reading before, in seconds; 0 if there was none
 */
public record Traffic(
    long requests,
    Map<String, Long> failures,
    Map<String, Long> faults,
    Latencies firstBytes,
    long opened,
    Map<String, Long> ended,
    double slowest) {

  /** Nothing yet. */
  public static final Traffic NONE =
      new Traffic(0, Map.of(), Map.of(), Latencies.NONE, 0, Map.of(), 0);

  /** What came after an earlier reading. */
  public Traffic since(Traffic earlier) {
    return new Traffic(
        requests - earlier.requests,
        since(failures, earlier.failures),
        since(faults, earlier.faults),
        firstBytes.since(earlier.firstBytes),
        opened - earlier.opened,
        since(ended, earlier.ended),
        slowest);
  }

  /** The same with another slowest first byte. */
  public Traffic withSlowest(double other) {
    return new Traffic(requests, failures, faults, firstBytes, opened, ended, other);
  }

  private static Map<String, Long> since(Map<String, Long> now, Map<String, Long> earlier) {
    Map<String, Long> more = new TreeMap<>();
    now.forEach(
        (name, count) -> {
          long difference = count - earlier.getOrDefault(name, 0L);
          if (difference > 0) {
            more.put(name, difference);
          }
        });
    return more;
  }
}
