package io.sessionrouter.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RouterPlanTest {
  private static final RouterPlan PLAN =
      new RouterPlan(
          8080,
          9000,
          URI.create("redis://:secret@127.0.0.1:6379"),
          "chat",
          List.of(URI.create("http://127.0.0.1:1"), URI.create("http://127.0.0.1:2")));

  @Test
  void namesEverythingTheRouterHasToKnow() {
    assertThat(PLAN.properties())
        .isEqualTo(
            Map.of(
                "session-router.drain.delay", "0s",
                "session-router.drain.timeout", "5s",
                "session-router.http.host", "127.0.0.1",
                "session-router.http.port", "8080",
                "quarkus.http.host", "127.0.0.1",
                "quarkus.http.port", "9000",
                "quarkus.log.console.json.enabled", "false",
                "session-router.endpoints.chat.variants.main.instances",
                    "http://127.0.0.1:1,http://127.0.0.1:2"));
  }

  @Test
  void keepsRedisPasswordOutOfTheCommand() {
    assertThat(PLAN.properties().toString()).doesNotContain("secret");
    assertThat(PLAN.environment())
        .isEqualTo(Map.of("QUARKUS_REDIS_HOSTS", "redis://:secret@127.0.0.1:6379"));
  }

  @Test
  void tellsItsAddresses() {
    assertThat(PLAN.invocations()).hasToString("http://127.0.0.1:8080/endpoints/chat/invocations");
    assertThat(PLAN.readiness()).hasToString("http://127.0.0.1:9000/q/health/ready");
  }
}
