package io.sessionrouter.settings;

import static io.sessionrouter.testing.Configured.CHAT;
import static io.sessionrouter.testing.Configured.MAIN_INSTANCES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.sessionrouter.endpoint.EjectionSettings;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.HealthSettings;
import io.sessionrouter.endpoint.Limits;
import io.sessionrouter.endpoint.ModelsSettings;
import io.sessionrouter.endpoint.OpenHeader;
import io.sessionrouter.endpoint.SessionSettings;
import io.sessionrouter.endpoint.Timeouts;
import io.sessionrouter.endpoint.VariantSettings;
import io.sessionrouter.gateway.DataPortSettings;
import io.sessionrouter.testing.Configured;
import io.sessionrouter.tls.ServerTlsSettings;
import io.sessionrouter.upstream.UpstreamSettings;
import io.smallrye.config.ConfigValidationException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsReaderTest {
  private static final String LONGER_THAN_63 =
      "a234567890123456789012345678901234567890123456789012345678901234";

  @Test
  void everythingButTheInstancesHasADefault() {
    Settings settings = Configured.valid().settings();

    assertThat(settings.http())
        .isEqualTo(
            new DataPortSettings(
                "0.0.0.0",
                8080,
                16384,
                null,
                Runtime.getRuntime().maxMemory() / 2,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofMinutes(2)));
    assertThat(settings.tls()).isEqualTo(ServerTlsSettings.NONE);
    assertThat(settings.upstream()).isEqualTo(new UpstreamSettings(Duration.ofSeconds(4), 256));
    assertThat(settings.catalog().endpoints())
        .containsExactly(
            Map.entry(
                "chat",
                new EndpointSettings(
                    "chat",
                    List.of(
                        new VariantSettings(
                            "main", 1, List.of(URI.create("http://127.0.0.1:8081")))),
                    new SessionSettings(
                        Duration.ofMinutes(20),
                        null,
                        null,
                        OpenHeader.ROUTER,
                        "{\"requestType\":\"CLOSE\"}"),
                    new Limits(25 * 1024 * 1024),
                    new Timeouts(
                        Duration.ofMillis(250), Duration.ofSeconds(60), Duration.ofMinutes(8)),
                    new HealthSettings("/ping", Duration.ofSeconds(2), Duration.ofSeconds(2)),
                    "javax.net.ssl")));
  }

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
  void theDataPortSpeaksTlsIfAConfigurationIsNamed() {
    Configured named =
        Configured.valid().with("session-router.http.tls-configuration-name", "outside");

    assertThat(named.settings().tls()).isEqualTo(new ServerTlsSettings("outside", false));
    assertThat(named.with("session-router.http.client-auth", "required").settings().tls())
        .isEqualTo(new ServerTlsSettings("outside", true));
    assertThat(
            named
                .withEnvironment("SESSION_ROUTER_HTTP_TLS_CONFIGURATION_NAME", "none")
                .settings()
                .tls())
        .isEqualTo(ServerTlsSettings.NONE);
  }

  @Test
  void clientsCanShowCertificatesOverTlsOnly() {
    Configured plain = Configured.valid().with("session-router.http.client-auth", "required");

    assertThatThrownBy(plain::settings)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "session-router.http.client-auth: required"
                + " (expected: none, since tls-configuration-name is none)");
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
        "http.host                 | ` `     | an address",
        "http.port                 | -1      | 0 to 65535",
        "http.port                 | 65536   | 0 to 65535",
        "http.max-connections      | 0       | more than 0",
        "http.head-timeout         | 0s      | more than 0",
        "http.body-timeout         | -30s    | more than 0",
        "http.idle-timeout         | 9000h   | at most 365 days",
        "upstream.idle-timeout     | 0s      | more than 0",
        "upstream.max-idle         | 0       | more than 0",
        "sessions.near-cache-size  | 0       | more than 0",
        "drain.delay               | -1s     | 0s or more",
        "drain.timeout             | 0s      | more than 0",
        "sessions.store-timeout    | 0s      | more than 0",
        "tracing.collector         | collector:4318 | off, or a URL such as http://collector:4318",
        "tracing.collector         | ftp://h | off, or a URL such as http://collector:4318",
        "tracing.collector         | http:// | off, or a URL such as http://collector:4318",
        "tracing.sample-ratio      | 1.1     | 0 to 1",
        "tracing.sample-ratio      | -0.1    | 0 to 1",
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
    assertRefused(
        Configured.valid().with("session-router." + key, value),
        "session-router." + key + ": ",
        "(expected: " + expected);
  }

  @Test
  void theMessageShowsTheValueAsItWasWritten() {
    assertRefused(
        Configured.valid().with(CHAT + "timeouts.connect", "-1s"),
        "session-router.endpoints.chat.timeouts.connect: -1s (expected: more than 0)");
  }

  @Test
  void allProblemsAreReportedAtOnce() {
    assertRefused(
        Configured.valid()
            .with("session-router.http.port", "70000")
            .with(CHAT + "limits.max-body", "0")
            .with(CHAT + "variants.main.instances", "nowhere, http://h/p"),
        "session-router.http.port: 70000 ",
        CHAT + "limits.max-body: 0 ",
        MAIN_INSTANCES + ": nowhere ",
        MAIN_INSTANCES + ": http://h/p ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://H:1,http://h:1", "http://h,http://h:80", "http://h:443,https://h"})
  void anInstanceIsGivenOnce(String urls) {
    assertRefused(
        Configured.valid().with(MAIN_INSTANCES, urls),
        MAIN_INSTANCES + ": ",
        "(expected: each instance once within its endpoint)");
  }

  @Test
  void anInstanceBelongsToOneVariant() {
    assertRefused(
        Configured.valid().with(CHAT + "variants.zeta.instances", "http://127.0.0.1:8081"),
        CHAT + "variants.zeta.instances: http://127.0.0.1:8081 ");
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
    assertRefused(
        Configured.valid().with(CHAT + "variants.main.weight", "0"),
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
    assertRefused(
        Configured.nothing(),
        "session-router.endpoints: none",
        "session-router.endpoints.chat.variants.main.instances=http://");
  }

  @Test
  void anEndpointHasAVariant() {
    assertRefused(
        Configured.valid().with("session-router.endpoints.lonely.sessions.max-ttl", "5m"),
        "session-router.endpoints.lonely.variants: none ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"a_b\"", "\"a.b\"", "-a", "a-", "\"\"", "\"a b\"", LONGER_THAN_63})
  void endpointsAndVariantsHaveNamesThatFitIntoPathsAndHeaders(String name) {
    String expected =
        "(expected: a name of letters, digits and inner dashes, at most 63 characters)";

    assertRefused(
        Configured.valid()
            .with("session-router.endpoints." + name + ".variants.v.instances", "http://h"),
        expected);
    assertRefused(
        Configured.valid().with(CHAT + "variants." + name + ".instances", "http://h"), expected);
  }

  @ParameterizedTest
  @CsvSource({
    "http.idle-timeout, 5x, a duration such as",
    "endpoints.chat.sessions.idle-timeout, soon, 'off, or a duration such as'",
    "endpoints.chat.sessions.max-per-instance, many, 'none, or a whole number'",
    "endpoints.chat.sessions.open-header, NEW_SESSION, 'router, or forward'",
    "http.port, abc, an integer",
    "endpoints.chat.limits.max-body, 25Q, [0-9]+[BbKkMmGgTtPpEeZzYy]?",
  })
  void aValueOfTheWrongKindIsNamedToo(String key, String value, String expected) {
    assertThatThrownBy(() -> Configured.valid().with("session-router." + key, value).settings())
        .isInstanceOf(ConfigValidationException.class)
        .hasMessageContaining("session-router." + key)
        .hasMessageContaining("\"" + value + "\"")
        .hasMessageContaining(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"htttp.port", "endpoints.chat.sessions.max-tll", "endpoint.chat.x"})
  void anUnknownKeyIsAnError(String key) {
    assertThatThrownBy(() -> Configured.valid().with("session-router." + key, "1").settings())
        .isInstanceOf(ConfigValidationException.class)
        .hasMessageContaining("session-router." + key);
  }

  @Test
  void anUnknownKeyIsNamedOnceThoughManyMappingsDoNotHaveIt() {
    Configured configured =
        Configured.valid().with("session-router.http.prot", "1").with("session-router.x", "1");

    assertThatThrownBy(configured::settings)
        .isInstanceOfSatisfying(
            ConfigValidationException.class,
            wrong -> assertThat(wrong.getProblemCount()).isEqualTo(2));
  }

  @Test
  void aMissingInstancesKeyIsNamed() {
    assertRefused(
        Configured.nothing().with(CHAT + "variants.main.weight", "1"),
        CHAT + "variants.main: no instances (expected: " + MAIN_INSTANCES,
        ".kubernetes.service or .dns.name");
  }

  private static void assertRefused(Configured configured, String... parts) {
    assertThatThrownBy(configured::settings)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll(parts);
  }
}
