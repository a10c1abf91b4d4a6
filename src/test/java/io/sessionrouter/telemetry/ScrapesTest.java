package io.sessionrouter.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import io.prometheus.client.Collector.Type;
import io.prometheus.client.exemplars.Exemplar;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which exemplars are left for Prometheus. */
class ScrapesTest {
  private static final Exemplar EXEMPLAR = new Exemplar(0.5, "trace_id", "x");

  @Test
  void takesExemplarsFromCountsOnly() {
    Sample bucket = sample("a_seconds_bucket", EXEMPLAR);
    Sample sum = sample("a_seconds_sum", null);

    List<MetricFamilySamples> left =
        withoutCounts(family(bucket, sample("a_seconds_count", EXEMPLAR), sum));

    assertThat(left).containsExactly(family(bucket, sample("a_seconds_count", null), sum));
  }

  @Test
  void leavesTheRestAsItIs() {
    MetricFamilySamples plain = family(sample("a_seconds_count", null));
    MetricFamilySamples counter =
        new MetricFamilySamples(
            "a_count", Type.COUNTER, "help", List.of(sample("a_count_total", EXEMPLAR)));

    assertThat(withoutCounts(plain, counter))
        .satisfiesExactly(
            first -> assertThat(first).isSameAs(plain),
            second -> assertThat(second).isSameAs(counter));
  }

  private static List<MetricFamilySamples> withoutCounts(MetricFamilySamples... families) {
    return Scrapes.withoutCounts(Collections.enumeration(List.of(families)));
  }

  private static MetricFamilySamples family(Sample... samples) {
    return new MetricFamilySamples(
        "a_seconds", "seconds", Type.HISTOGRAM, "help", List.of(samples));
  }

  private static Sample sample(String name, Exemplar exemplar) {
    return new Sample(name, List.of("b"), List.of("c"), 1, exemplar);
  }
}
