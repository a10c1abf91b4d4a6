package io.sessionrouter.fleet.discovery;

import java.time.Duration;

/**
 * How patient discovery is.
 *
 * @param firstBackoff wait after the first failure; doubles each time
 * @param longestBackoff longest wait after failures
 * @param answer how long the API server may take to answer
 * @param watch after how long a watch is asked to end, to be begun anew
 * @param grace how much later it may end; then a connection that died without a sign is noticed
 * @param lag how far the clocks of replicas may be apart
 */
record Pace(
    Duration firstBackoff,
    Duration longestBackoff,
    Duration answer,
    Duration watch,
    Duration grace,
    Duration lag) {

  static final Pace DEFAULT =
      new Pace(
          Duration.ofMillis(200),
          Duration.ofSeconds(30),
          Duration.ofSeconds(15),
          Duration.ofSeconds(20),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10));
}
