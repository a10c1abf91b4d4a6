package io.sessionrouter.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Which exemplars are left for Prometheus. */
class OpenMetricsTest {

  @Test
  void takesExemplarsFromCountsOnly() {
    String bucket = "a_seconds_bucket{le=\"1.0\"} 1.0 # {trace_id=\"x\"} 0.5 1.0\n";
    String total = "a_total{of_count=\"y\"} 1.0 # {trace_id=\"x\"} 1.0 1.0\n";

    assertThat(
            OpenMetrics.withoutCounts(
                bucket + "a_seconds_count{b=\"c\"} 1.0 # {trace_id=\"x\"} 1.0 1.0\n" + total))
        .isEqualTo(bucket + "a_seconds_count{b=\"c\"} 1.0\n" + total);
  }

  @Test
  void leavesTheRestAsItIs() {
    String scrape = "# TYPE a counter\na_count 1.0\na_count{b=\"c\"} 2.0\n# EOF\n";

    assertThat(OpenMetrics.withoutCounts(scrape)).isEqualTo(scrape);
  }
}
