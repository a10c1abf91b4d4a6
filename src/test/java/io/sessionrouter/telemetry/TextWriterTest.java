package io.sessionrouter.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A text is what was written, however long. */
@SuppressWarnings("deprecation") // the registry that Quarkus brings
class TextWriterTest {

  @Test
  void keepsAllWaysOfWritingInTheirOrder() throws IOException {
    TextWriter text = new TextWriter(0);

    text.write('a');
    text.write("xbcx", 1, 2);
    text.write("xdex".toCharArray(), 1, 2);
    text.write("f");
    text.append('g').append("hi");

    assertThat(text).hasToString("abcdefghi");
    assertThat(text.length()).isEqualTo(9);
  }

  @Test
  void growsByLittleAndByMuch() throws IOException {
    TextWriter text = new TextWriter(0);
    String much = "0123456789".repeat(10_000);

    text.write(much);
    for (int i = 0; i < much.length(); i++) {
      text.write(much.charAt(i));
    }

    assertThat(text).hasToString(much + much);
  }

  @Test
  void aScrapeIsTheSameAsTheRegistrysOwn() throws IOException {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    registry.counter("things", "label", "a \"quoted\"\n🦊 one\\").increment();
    TextWriter text = new TextWriter(0);

    TextFormat.writeFormat(
        TextFormat.CONTENT_TYPE_004, text, registry.getPrometheusRegistry().metricFamilySamples());

    assertThat(text).hasToString(registry.scrape());
    assertThat(text.toString()).contains("🦊");
  }
}
