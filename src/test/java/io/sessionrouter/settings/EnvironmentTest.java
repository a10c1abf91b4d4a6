package io.sessionrouter.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.VariantSettings;
import io.sessionrouter.testing.Configured;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The environment form of the keys. */
class EnvironmentTest {
  private static final String CHAT = "SESSION_ROUTER_ENDPOINTS_CHAT_";

  @Test
  void anEndpointCanComeFromTheEnvironmentAlone() {
    Settings settings =
        Configured.nothing()
            .withEnvironment(CHAT + "VARIANTS_MAIN_INSTANCES", "http://a:1, http://b:2")
            .withEnvironment(CHAT + "VARIANTS_MAIN_WEIGHT", "7")
            .withEnvironment(CHAT + "SESSIONS_MAX_PER_INSTANCE", "4")
            .withEnvironment(CHAT + "SESSIONS_IDLE_TIMEOUT", "90s")
            .withEnvironment(CHAT + "TIMEOUTS_FIRST_BYTE", "5s")
            .withEnvironment("SESSION_ROUTER_HTTP_MAX_CONNECTIONS", "9")
            .settings();

    EndpointSettings chat = settings.catalog().endpoints().get("chat");
    assertThat(chat.variants())
        .containsExactly(
            new VariantSettings(
                "main", 7, List.of(URI.create("http://a:1"), URI.create("http://b:2"))));
    assertThat(chat.sessions().maxPerInstance()).isEqualTo(4);
    assertThat(chat.sessions().idleTimeout()).isEqualTo(Duration.ofSeconds(90));
    assertThat(chat.timeouts().firstByte()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.http().maxConnections()).isEqualTo(9);
  }

  @Test
  void theEnvironmentOverridesAPropertyWhoseNameHasDashes() {
    Settings settings =
        Configured.nothing()
            .with("session-router.endpoints.my-chat.variants.a-b.instances", "http://x:1")
            .withEnvironment("SESSION_ROUTER_ENDPOINTS_MY_CHAT_VARIANTS_A_B_INSTANCES", "http://y")
            .settings();

    assertThat(settings.catalog().endpoints().get("my-chat").variants().getFirst().instances())
        .containsExactly(URI.create("http://y"));
  }

  @Test
  void whatKubernetesSetsForAServiceOfOurNameDoesNotDisturb() {
    Settings settings =
        Configured.valid()
            .withEnvironment("SESSION_ROUTER_PORT", "tcp://10.0.0.1:8080")
            .withEnvironment("SESSION_ROUTER_PORT_8080_TCP_ADDR", "10.0.0.1")
            .withEnvironment("SESSION_ROUTER_SERVICE_HOST", "10.0.0.1")
            .withEnvironment("SESSION_ROUTER_SERVICE_PORT_HTTP", "8080")
            .settings();

    assertThat(settings.http().port()).isEqualTo(8080);
  }

  @Test
  void variablesThatSetNothingAreFound() {
    Configured configured =
        Configured.valid()
            .withEnvironment(CHAT + "SESSIONS_MAX_TTL", "5m")
            .withEnvironment(CHAT + "SESSIONS_MAX_TLL", "5m")
            .withEnvironment("SESSION_ROUTER_ENDPOINTS_MY_BOT_VARIANTS_MAIN_INSTANCES", "http://h")
            .withEnvironment("SESSION_ROUTER_HTTP_PORT", "1")
            .withEnvironment("SESSION_ROUTER_TRACING_COLECTOR", "http://h:4318")
            .withEnvironment("SESSION_ROUTER_SERVICE_HOST", "10.0.0.1")
            .withEnvironment("PATH", "/bin");

    Set<String> unused =
        EnvironmentCheck.unused(
            configured.environment().keySet(), configured.config().getPropertyNames());

    assertThat(unused)
        .containsExactly(
            CHAT + "SESSIONS_MAX_TLL",
            "SESSION_ROUTER_ENDPOINTS_MY_BOT_VARIANTS_MAIN_INSTANCES",
            "SESSION_ROUTER_TRACING_COLECTOR");
  }
}
