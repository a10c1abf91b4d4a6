package io.sessionrouter.app;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.testing.RedisProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged program as a command, and as a router that follows what the command wrote. */
class RouterPrincipalsIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;

  private Path file() {
    return directory.resolve("principals.json");
  }

  private String command(int status, String... words) throws Exception {
    List<String> all = new ArrayList<>(List.of("principals"));
    all.addAll(List.of(words));
    all.addAll(List.of("--file", file().toString()));
    Process process = RouterProcess.command(all);
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    String errors = new String(process.getErrorStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(errors).isEqualTo(status);
    return status == 0 ? output : errors;
  }

  @Test
  void aCommandPrintsWhatItHasDoneAndNothingOfARouter() throws Exception {
    String added = command(0, "add", "notebook", "--allow", "sagemaker:*", "--endpoints", "chat");
    assertThat(new JsonObject(added).fieldNames())
        .containsExactlyInAnyOrder("Name", "AccessKeyId", "SecretAccessKey", "BearerKey");
    assertThat(command(2, "add", "notebook", "--allow", "*", "--endpoints", "*"))
        .startsWith("notebook: already there");
    assertThat(new JsonObject(command(0, "list")).getJsonArray("principals")).hasSize(1);
  }

  @Test
  void aRouterFollowsItsFileOfPrincipals() throws Exception {
    command(0, "add", "notebook", "--allow", "*", "--endpoints", "*");
    try (RedisProcess redis = RedisProcess.start()) {
      Map<String, String> settings = RouterSettings.of(redis.url());
      RouterSettings.endpoint("chat", "http://127.0.0.1:9", settings);
      settings.put("session-router.auth.principals", file().toString());
      settings.put("session-router.management.open-metrics", "true");
      try (RouterProcess router = RouterProcess.start(settings)) {
        awaitMetric(router, "session_router_principals", "1.0");
        command(0, "revoke", "notebook");
        awaitMetric(router, "session_router_principals", "0.0");
        Files.writeString(file(), "{\"principals\": [{\"nom\": \"x\"}]}");
        awaitMetric(router, "session_router_principals_current", "0.0");
        assertThat(router.log())
            .anyMatch(line -> line.contains("principals[0].nom: no such key (expected: one of"));
      }
    }
  }

  @Test
  void aFileThatIsWrongEndsTheStart() throws IOException, InterruptedException {
    Files.writeString(file(), "{}");
    Map<String, String> settings = RouterSettings.of("redis://127.0.0.1:9");
    RouterSettings.endpoint("chat", "http://127.0.0.1:9", settings);
    settings.put("session-router.auth.principals", file().toString());
    try (RouterProcess router = RouterProcess.start(settings)) {
      assertThat(router.awaitExit()).isNotZero();
      assertThat(router.errors() + router.log())
          .contains("principals: missing (expected: a value)");
    }
  }

  private static void awaitMetric(RouterProcess router, String name, String value) {
    String management = router.management().toString();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                given()
                    .baseUri(management)
                    .get("/q/metrics")
                    .asString()
                    .lines()
                    .anyMatch(line -> line.equals(name + " " + value)));
  }
}
