package io.sessionrouter.container.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The README shows the metrics table. */
class MetricsTableTest {
  private static final Path README = Path.of("README.md");
  private static final String BEGIN = "<!-- metrics:begin -->\n";
  private static final String END = "<!-- metrics:end -->";

  @Test
  void theReadmeShowsTheTable() throws Exception {
    String readme = Files.readString(README);
    int from = readme.indexOf(BEGIN) + BEGIN.length();
    int to = readme.indexOf(END);
    assertThat(to).as("README.md has the markers of the table").isGreaterThanOrEqualTo(from);
    if (Boolean.getBoolean("readme.update")) {
      Files.writeString(README, readme.substring(0, from) + table() + readme.substring(to));
      return;
    }
    assertThat(readme.substring(from, to))
        .as("refresh with: mvn test -Dtest=MetricsTableTest -Dreadme.update=true")
        .isEqualTo(table());
  }

  @Test
  void aMetricThatIsNotInTheTableCannotBeMade() {
    var metrics =
        new ContainerMetrics(new io.micrometer.core.instrument.simple.SimpleMeterRegistry());

    assertThatThrownBy(() -> metrics.gauge("made_up", "of nothing", () -> 1))
        .hasMessageContaining("made_up")
        .hasMessageContaining("a row of Metric");
  }

  private static String table() {
    return "| name | type | labels | meaning |\n|---|---|---|---|\n"
        + Arrays.stream(Metric.values()).map(MetricsTableTest::row).collect(Collectors.joining());
  }

  private static String row(Metric metric) {
    return "| `%s` | %s | %s | %s |\n"
        .formatted(
            metric.exposedName(),
            metric.type().name().toLowerCase(Locale.ROOT),
            String.join(", ", metric.labels()),
            metric.meaning());
  }
}
