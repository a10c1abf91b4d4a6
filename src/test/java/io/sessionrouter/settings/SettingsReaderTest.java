package io.sessionrouter.settings;

import static io.sessionrouter.testing.Configured.CHAT;
import static io.sessionrouter.testing.Configured.MAIN_INSTANCES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.HealthSettings;
import io.sessionrouter.endpoint.Limits;
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

/** The configuration as a whole; what a room reads of it is tested there. */
class SettingsReaderTest {
  @Test
  void everythingButTheInstancesHasADefault() {
    Settings settings =
        Configured.valid()
            .with(Configured.HOST, "0.0.0.0")
            .with("session-router.auth", "none")
            .settings();

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
    assertThat(settings.endpoints())
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
      })
  void aWrongValueIsNamedWithItsKeyAndWhatWasExpected(String key, String value, String expected) {
    Configured.valid()
        .with("session-router." + key, value)
        .requireRefused("session-router." + key + ": ", "(expected: " + expected);
  }

  @Test
  void allProblemsAreReportedAtOnce() {
    Configured.valid()
        .with("session-router.http.port", "70000")
        .with(CHAT + "limits.max-body", "0")
        .with(CHAT + "variants.main.instances", "nowhere, http://h/p")
        .requireRefused(
            "session-router.http.port: 70000 ",
            CHAT + "limits.max-body: 0 ",
            MAIN_INSTANCES + ": nowhere ",
            MAIN_INSTANCES + ": http://h/p ");
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
  @CsvSource({
    "htttp.port, http.port",
    "endpoints.chat.sessions.max-tll, endpoints.chat.sessions.max-ttl",
    "endpoints.chat.timeouts.steam, endpoints.chat.timeouts.stream",
    "endpoint.chat.variants.main.instances, endpoints.chat.variants.main.instances",
    "endpoints.chat.wait, endpoints.chat.models.wait",
    "endpoints.chat.variants.main.instance, endpoints.chat.variants.main.instances",
  })
  void anUnknownKeyIsAnErrorThatNamesTheOneThatWasMeant(String key, String meant) {
    Configured.valid()
        .with("session-router." + key, "s3cret")
        .requireRefused(
            "  session-router.%s: no such key, in PropertiesConfigSource[source=test] (expected: session-router.%s, or another key of docs/configuration.md)"
                .formatted(key, meant));
  }

  @Test
  void nothingIsGuessedOfAKeyThatIsLikeNone() {
    Configured.valid()
        .with("session-router.colour", "s3cret")
        .requireRefused(
            "session-router.colour: no such key, in PropertiesConfigSource[source=test] (expected:"
                + " a key of docs/configuration.md)");
  }

  @Test
  void unknownKeysAreNamedOnceAndTogetherWithAllElseThatIsWrong() {
    Configured configured =
        Configured.valid()
            .with("session-router.http.prot", "1")
            .with("session-router.x", "1")
            .with("session-router.endpoints.chat.sessions.max-ttl", "0s");

    assertThatThrownBy(configured::settings)
        .message()
        .satisfies(text -> assertThat(text.lines().skip(1)).hasSize(3));
  }

  @Test
  void keysWithPositionsAndQuotesAreKnown() {
    Settings settings =
        Configured.nothing()
            .with("session-router.endpoints.\"chat\".variants.main.instances[0]", "http://a:1")
            .settings();

    assertThat(settings.endpoints()).containsKey("chat");
  }

  @ParameterizedTest
  @ValueSource(strings = {Configured.HOST, "quarkus.http.host"})
  void portsThatOthersReachAreNotOpenUnlessSomebodyWroteSo(String key) {
    Configured open = Configured.valid().with(key, "0.0.0.0");

    open.requireRefused(
        "session-router.auth: not set, and " + key + " is 0.0.0.0",
        "session-router.auth.principals");
    assertThat(open.with("session-router.auth", "none").settings().auth().open()).isTrue();
    assertThat(open.with("session-router.auth.principals", "p.json").settings().auth().on())
        .isTrue();
  }
}
