package io.sessionrouter.endpoint;

import static io.sessionrouter.testing.Configured.CHAT;
import static io.sessionrouter.testing.Configured.MAIN_INSTANCES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionrouter.settings.Settings;
import io.sessionrouter.testing.Configured;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointsReaderTest {
  private static final String LONGER_THAN_63 =
      "a234567890123456789012345678901234567890123456789012345678901234";

  @Test
  void everyKeyOfAnEndpointIsRead() {
    EndpointSettings chat =
        Configured.valid()
            .with(CHAT + "variants.main.weight", "9")
            .with(CHAT + "variants.canary.instances", "https://b.example, http://[::1]:9/")
            .with(CHAT + "sessions.max-ttl", "1h")
            .with(CHAT + "sessions.idle-timeout", "5m")
            .with(CHAT + "sessions.max-per-instance", "12")
            .with(CHAT + "sessions.open-header", "forward")
            .with(CHAT + "sessions.close-payload", "bye")
            .with(CHAT + "limits.max-body", "6291456")
            .with(CHAT + "timeouts.connect", "1s")
            .with(CHAT + "timeouts.first-byte", "2s")
            .with(CHAT + "timeouts.stream", "3s")
            .with(CHAT + "timeouts.reach", "4s")
            .with(CHAT + "ejection.max-share", "0.25")
            .with(CHAT + "ejection.shortest", "6s")
            .with(CHAT + "ejection.longest", "7s")
            .with(CHAT + "health.path", "/health?deep=1")
            .with(CHAT + "health.interval", "500ms")
            .with(CHAT + "health.timeout", "PT0.7S")
            .with(CHAT + "tls-configuration-name", "inside")
            .chat();

    assertThat(chat.variants())
        .containsExactly(
            new VariantSettings(
                "canary",
                1,
                List.of(URI.create("https://b.example"), URI.create("http://[::1]:9"))),
            new VariantSettings("main", 9, List.of(URI.create("http://127.0.0.1:8081"))));
    assertThat(chat.sessions())
        .isEqualTo(
            new SessionSettings(
                Duration.ofHours(1), Duration.ofMinutes(5), 12, OpenHeader.FORWARD, "bye"));
    assertThat(chat.limits().maxBody()).isEqualTo(6291456);
    assertThat(chat.timeouts())
        .isEqualTo(
            new Timeouts(
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                Duration.ofSeconds(4)));
    assertThat(chat.health())
        .isEqualTo(
            new HealthSettings(
                "/health?deep=1",
                Duration.ofMillis(500),
                Duration.ofMillis(700),
                new EjectionSettings(0.25, Duration.ofSeconds(6), Duration.ofSeconds(7))));
    assertThat(chat.tlsConfigurationName()).isEqualTo("inside");
  }

  @Test
  void aPrefixMakesAnEndpointMultiModel() {
    Configured multi = Configured.valid().with(CHAT + "models.prefix", "s3://bucket/models/");

    assertThat(Configured.valid().chat().models()).isNull();
    assertThat(multi.chat().models())
        .isEqualTo(
            new ModelsSettings(
                "s3://bucket/models",
                Duration.ofSeconds(60),
                Duration.ofSeconds(360),
                16,
                Duration.ofSeconds(30)));
    assertThat(
            multi
                .with(CHAT + "models.wait", "2s")
                .with(CHAT + "models.load-timeout", "3s")
                .with(CHAT + "models.spread-at", "none")
                .with(CHAT + "models.retry-failed-after", "5s")
                .chat()
                .models())
        .isEqualTo(
            new ModelsSettings(
                "s3://bucket/models",
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                null,
                Duration.ofSeconds(5)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///models",
        "http://host",
        "https://host:8443/a/b",
        "s3://bucket",
        "s3://my_bucket.x/a-b"
      })
  void modelsLieInFilesOnTheWebOrInBuckets(String prefix) {
    Configured multi = Configured.valid().with(CHAT + "models.prefix", prefix + "/");

    assertThat(multi.chat().models().prefix()).isEqualTo(prefix);
  }

  @Test
  void endpointNamesMayHaveDashesAndCapitals() {
    Settings settings =
        Configured.nothing()
            .with("session-router.endpoints.My-Chat-2.variants.a-b.instances", "http://h:1")
            .settings();

    assertThat(settings.catalog().endpoints()).containsOnlyKeys("My-Chat-2");
    assertThat(settings.catalog().endpoints().get("My-Chat-2").variants().getFirst().name())
        .isEqualTo("a-b");
  }

  @Test
  void anOptionalSettingCanBeSwitchedOffAgain() {
    EndpointSettings chat =
        Configured.valid()
            .with(CHAT + "sessions.idle-timeout", "5m")
            .with(CHAT + "sessions.max-per-instance", "12")
            .withEnvironment("SESSION_ROUTER_ENDPOINTS_CHAT_SESSIONS_IDLE_TIMEOUT", "off")
            .withEnvironment("SESSION_ROUTER_ENDPOINTS_CHAT_SESSIONS_MAX_PER_INSTANCE", "none")
            .chat();

    assertThat(chat.sessions().idleTimeout()).isNull();
    assertThat(chat.sessions().maxPerInstance()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "endpoints.chat.sessions.max-ttl          | 0s     | more than 0",
        "endpoints.chat.sessions.idle-timeout     | 20m    | less than max-ttl, 20m",
        "endpoints.chat.sessions.idle-timeout     | -1s    | more than 0",
        "endpoints.chat.sessions.max-per-instance | 0      | more than 0",
        "endpoints.chat.sessions.close-payload    | ` `    | a request body",
        "endpoints.chat.limits.max-body           | 0      | more than 0, such as 25M",
        "endpoints.chat.limits.max-body           | 9E     | more than 0, such as 25M",
        "endpoints.chat.timeouts.connect          | -1s    | more than 0",
        "endpoints.chat.timeouts.first-byte       | 0ms    | more than 0",
        "endpoints.chat.timeouts.stream           | PT0.0001S | more than 0",
        "endpoints.chat.health.path               | ping   | a path that begins with /",
        "endpoints.chat.health.path               | /a b   | a path that begins with /",
        "endpoints.chat.health.path               | /a#b   | a path that begins with /",
        "endpoints.chat.health.interval           | 0s     | more than 0",
        "endpoints.chat.health.timeout            | 0s     | more than 0",
        "endpoints.chat.timeouts.reach            | 0s     | more than 0",
        "endpoints.chat.ejection.max-share        | 1.5    | 0 to 1",
        "endpoints.chat.ejection.max-share        | -0.1   | 0 to 1",
        "endpoints.chat.ejection.shortest         | 0s     | more than 0",
        "endpoints.chat.ejection.shortest         | 61s    | at most longest",
        "endpoints.chat.models.prefix | /models              | file:///directory",
        "endpoints.chat.models.prefix | models               | file:///directory",
        "endpoints.chat.models.prefix | file://models        | file:///directory",
        "endpoints.chat.models.prefix | file:///             | file:///directory",
        "endpoints.chat.models.prefix | ftp://h/models       | file:///directory",
        "endpoints.chat.models.prefix | http:///models       | file:///directory",
        "endpoints.chat.models.prefix | http://h/m?x=1       | file:///directory",
        "endpoints.chat.models.prefix | http://h/m#x         | file:///directory",
        "endpoints.chat.models.prefix | http://h/a/../b      | file:///directory",
        "endpoints.chat.models.prefix | http://h/a/./b       | file:///directory",
        "endpoints.chat.models.prefix | http://h/%2e%2e/b    | file:///directory",
        "endpoints.chat.models.prefix | http://me:pass@h/b   | file:///directory",
        "endpoints.chat.models.prefix | s3:///b              | file:///directory",
        "endpoints.chat.models.prefix | s3://b ucket         | file:///directory",
        "endpoints.chat.models.wait   | 0s                   | more than 0",
        "endpoints.chat.models.wait   | 361s                 | at most load-timeout, 6m",
        "endpoints.chat.models.load-timeout       | 0s       | more than 0",
        "endpoints.chat.models.spread-at          | 0        | more than 0",
        "endpoints.chat.models.retry-failed-after | -1s      | more than 0",
        "endpoints.chat.variants.main.weight      | -1     | 0 or more",
        "endpoints.chat.variants.main.instances   | ftp://h:1        | http:// or https://",
        "endpoints.chat.variants.main.instances   | h:1              | http:// or https://",
        "endpoints.chat.variants.main.instances   | http://          | http:// or https://",
        "endpoints.chat.variants.main.instances   | http://h/v1      | http:// or https://",
        "endpoints.chat.variants.main.instances   | http://h?x       | http:// or https://",
        "endpoints.chat.variants.main.instances   | http://h#x       | http:// or https://",
        "endpoints.chat.variants.main.instances   | http://h:        | http:// or https://",
        "endpoints.chat.variants.main.instances   | http://h:0       | http:// or https://",
        "endpoints.chat.variants.main.instances   | http://h:65536   | http:// or https://",
        "endpoints.chat.variants.main.instances   | http://h{}       | http:// or https://",
      })
  void aWrongValueIsNamedWithItsKeyAndWhatWasExpected(String key, String value, String expected) {
    Configured.valid()
        .with("session-router." + key, value)
        .requireRefused("session-router." + key + ": ", "(expected: " + expected);
  }

  @Test
  void theMessageShowsTheValueAsItWasWritten() {
    Configured.valid()
        .with(CHAT + "timeouts.connect", "-1s")
        .requireRefused(
            "session-router.endpoints.chat.timeouts.connect: -1s (expected: more than 0)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://H:1,http://h:1", "http://h,http://h:80", "http://h:443,https://h"})
  void anInstanceIsGivenOnce(String urls) {
    Configured.valid()
        .with(MAIN_INSTANCES, urls)
        .requireRefused(
            MAIN_INSTANCES + ": ", "(expected: each instance once within its endpoint)");
  }

  @Test
  void anInstanceBelongsToOneVariant() {
    Configured.valid()
        .with(CHAT + "variants.zeta.instances", "http://127.0.0.1:8081")
        .requireRefused(CHAT + "variants.zeta.instances: http://127.0.0.1:8081 ");
  }

  @Test
  void twoEndpointsMayShareAnInstance() {
    Settings settings =
        Configured.valid()
            .with("session-router.endpoints.other.variants.main.instances", "http://127.0.0.1:8081")
            .settings();

    assertThat(settings.catalog().endpoints()).containsOnlyKeys("chat", "other");
  }

  @Test
  void someVariantTakesNewWork() {
    Configured.valid()
        .with(CHAT + "variants.main.weight", "0")
        .requireRefused(
            CHAT + "variants.*.weight: 0 (expected: more than 0 for at least one variant)");
  }

  @Test
  void aPasswordInAnUrlIsNotShown() {
    assertThatThrownBy(
            () -> Configured.valid().with(MAIN_INSTANCES, "http://me:secret@h:1").settings())
        .hasMessageContaining("http://***@h:1")
        .hasMessageNotContaining("secret");
  }

  @Test
  void withoutAnEndpointTheKeyToSetIsShown() {
    Configured.nothing()
        .requireRefused(
            "session-router.endpoints: none",
            "session-router.endpoints.chat.variants.main.instances=http://");
  }

  @Test
  void anEndpointHasAVariant() {
    Configured.valid()
        .with("session-router.endpoints.lonely.sessions.max-ttl", "5m")
        .requireRefused("session-router.endpoints.lonely.variants: none ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"a_b\"", "\"a.b\"", "-a", "a-", "\"\"", "\"a b\"", LONGER_THAN_63})
  void endpointsAndVariantsHaveNamesThatFitIntoPathsAndHeaders(String name) {
    String expected =
        "(expected: a name of letters, digits and inner dashes, at most 63 characters)";

    Configured.valid()
        .with("session-router.endpoints." + name + ".variants.v.instances", "http://h")
        .requireRefused(expected);
    Configured.valid()
        .with(CHAT + "variants." + name + ".instances", "http://h")
        .requireRefused(expected);
  }

  @Test
  void aMissingInstancesKeyIsNamed() {
    Configured.nothing()
        .with(CHAT + "variants.main.weight", "1")
        .requireRefused(
            CHAT + "variants.main: no instances (expected: " + MAIN_INSTANCES,
            ".kubernetes.service or .dns.name");
  }
}
