package io.sessionrouter.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.testing.DocsSection;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The metrics table is what Prometheus' naming rules want, and what docs/metrics.md says. */
class MetricsTableTest {

  @Test
  void theDocumentShowsTheTable() throws Exception {
    DocsSection.named("metrics").requireOrUpdate(table(), MetricsTableTest.class);
  }

  @ParameterizedTest
  @EnumSource
  void namesAreInSmallLettersWithTheUnitAtTheEnd(Metric metric) {
    assertThat(metric.exposedName()).matches("session_router_[a-z][a-z_]*[a-z]");
    assertThat(metric.labels()).allMatch(label -> label.matches("[a-z_]+")).doesNotHaveDuplicates();
    assertThat(metric.labels())
        .as("Prometheus gives these to what it scrapes")
        .doesNotContain("instance", "job");
  }

  private static String table() {
    return "| name | type | labels | meaning |\n|---|---|---|---|\n"
        + Arrays.stream(Metric.values()).map(MetricsTableTest::row).collect(Collectors.joining());
  }

  private static String row(Metric metric) {
    return "| `%s` | %s | %s | %s |\n"
        .formatted(
            metric.exposedName(),
            metric.type().label(),
            String.join(", ", metric.labels()),
            metric.meaning());
  }
}
