package io.sessionrouter.endpoint;

import static io.sessionrouter.testing.Configured.CHAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.testing.Configured;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiscoveriesReaderTest {
  private static final String MAIN = CHAT + "variants.main.";

  @Test
  void aServiceIsEnough() {
    Configured configured = Configured.nothing().with(MAIN + "kubernetes.service", "chat");

    assertThat(configured.chat().variants().getFirst().instances()).isEmpty();
    assertThat(configured.chat().variants().getFirst().discoveries())
        .containsExactly(new DiscoverySettings.Kubernetes("chat", null, null, false));
  }

  @Test
  void everyKeyIsRead() {
    Configured configured =
        Configured.valid()
            .with(MAIN + "kubernetes.service", "chat")
            .with(MAIN + "kubernetes.namespace", "models")
            .with(MAIN + "kubernetes.port", "http")
            .with(MAIN + "kubernetes.tls", "true")
            .with(MAIN + "dns.name", "chat.models.svc.cluster.local")
            .with(MAIN + "dns.port", "8080")
            .with(MAIN + "dns.interval", "1s")
            .with(MAIN + "dns.tls", "true");

    assertThat(configured.chat().variants().getFirst().instances()).hasSize(1);
    assertThat(configured.chat().variants().getFirst().discoveries())
        .containsExactly(
            new DiscoverySettings.Kubernetes("chat", "models", "http", true),
            new DiscoverySettings.Dns(
                "chat.models.svc.cluster.local", 8080, Duration.ofSeconds(1), true));
  }

  @Test
  void theEnvironmentSetsThemToo() {
    Configured configured =
        Configured.nothing()
            .withEnvironment(
                "SESSION_ROUTER_ENDPOINTS_CHAT_VARIANTS_MAIN_KUBERNETES_SERVICE", "chat")
            .withEnvironment("SESSION_ROUTER_ENDPOINTS_CHAT_VARIANTS_MAIN_KUBERNETES_PORT", "8080");

    assertThat(configured.chat().variants().getFirst().discoveries())
        .containsExactly(new DiscoverySettings.Kubernetes("chat", null, "8080", false));
  }

  @Test
  void srvRecordsTellThePort() {
    Configured configured =
        Configured.nothing().with(MAIN + "dns.name", "_http._tcp.chat.models.svc.cluster.local");

    assertThat(configured.chat().variants().getFirst().discoveries())
        .containsExactly(
            new DiscoverySettings.Dns(
                "_http._tcp.chat.models.svc.cluster.local", 0, Duration.ofSeconds(5), false));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kubernetes.service   | Chat!     | a name of small letters",
        "kubernetes.service   | a.b       | a name of small letters",
        "kubernetes.namespace | a/../b    | a name of small letters",
        "kubernetes.port      | 0         | 1 to 65535, or the name of a port",
        "kubernetes.port      | 65536     | 1 to 65535, or the name of a port",
        "kubernetes.port      | HTTP      | 1 to 65535, or the name of a port",
        "kubernetes.port      | 1234567   | 1 to 65535, or the name of a port",
        "dns.name             | a b       | a host name",
        "dns.name             | http://h  | a host name",
        "dns.port             | 0         | 1 to 65535",
        "dns.port             | 65536     | 1 to 65535",
        "dns.interval         | 10ms      | 100ms to 60m",
        "dns.interval         | 2h        | 100ms to 60m",
      })
  void aWrongValueIsNamed(String key, String value, String expected) {
    Configured configured =
        Configured.nothing()
            .with(MAIN + "kubernetes.service", "chat")
            .with(MAIN + "dns.name", "chat")
            .with(MAIN + "dns.port", "8080")
            .with(MAIN + key, value);

    configured.requireRefused(MAIN + key, expected);
  }

  @Test
  void aHostNeedsAPort() {
    Configured.nothing()
        .with(MAIN + "dns.name", "chat")
        .requireRefused(MAIN + "dns.port: none (expected: 1 to 65535)");
  }

  @Test
  void srvRecordsForbidOne() {
    Configured.nothing()
        .with(MAIN + "dns.name", "_http._tcp.chat")
        .with(MAIN + "dns.port", "1")
        .requireRefused(MAIN + "dns.port: 1 (expected: none: SRV records give the port)");
  }

  @ParameterizedTest
  @CsvSource({
    "kubernetes.namespace, models, kubernetes.service",
    "kubernetes.port, http, kubernetes.service",
    "dns.port, 8080, dns.name"
  })
  void whatMeansNothingAloneIsRefused(String key, String value, String missing) {
    Configured.valid()
        .with(MAIN + key, value)
        .requireRefused(
            MAIN + key + ": " + value + " (expected: nothing without " + MAIN + missing + ")");
  }
}
