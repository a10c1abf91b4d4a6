package io.sessionrouter.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The container as Quarkus runs it, with its own configuration and the bundled model. */
@QuarkusTest
@Tag("slow")
class ContainerQuarkusTest {
  private static final String SESSION = "X-Amzn-SageMaker-Session-Id";
  private static final String BOOT = "X-Session-Router-Boot-Id";

  private final HttpClient http = HttpClient.newHttpClient();

  @TestHTTPResource("/")
  URI base;

  @BeforeEach
  void ready() {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(get("ping").statusCode()).isEqualTo(200));
  }

  @Test
  void aContinuedSessionRemembersWhatItWasTold() throws Exception {
    HttpResponse<String> opened =
        invoke("NEW_SESSION", "{\"inputs\":\"My cat is called Zebulon.\"}");
    assertThat(opened.statusCode()).as(opened.body()).isEqualTo(200);
    String header = opened.headers().firstValue(SESSION).orElseThrow();
    assertThat(header).matches("[0-9a-f-]{36}; Expires=\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");

    HttpResponse<String> continued =
        invoke(header.substring(0, 36), "{\"inputs\":\"What is my cat called?\"}");

    assertThat(continued.body()).contains("Zebulon");
  }

  @Test
  void everyAnswerNamesTheBoot() throws Exception {
    String boot = get("ping").headers().firstValue(BOOT).orElseThrow();

    assertThat(boot).matches("[A-Za-z0-9]{16}");
    assertThat(invoke("unknown", "{\"inputs\":\"x\"}").headers().firstValue(BOOT)).hasValue(boot);
    assertThat(get("invocations").headers().firstValue(BOOT)).hasValue(boot);
  }

  @Test
  void repliesAreStreamed() throws Exception {
    var request =
        HttpRequest.newBuilder(base.resolve("invocations"))
            .POST(BodyPublishers.ofString("{\"inputs\":\"Hello!\",\"stream\":true}"))
            .build();

    var answer = http.send(request, BodyHandlers.ofString());

    assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/event-stream");
    assertThat(answer.body()).startsWith("data:{\"token\":{").endsWith("}}\n\n");
    assertThat(answer.body()).contains("\"finish_reason\":\"eos_token\"");
  }

  @Test
  void metricsAreServed() throws Exception {
    invoke("NEW_SESSION", "{}");

    assertThat(get("q/metrics").body())
        .contains("model_container_sessions ")
        .contains("model_container_session_memory_used_bytes ")
        .contains("model_container_session_memory_limit_bytes ")
        .contains("model_container_requests_total{operation=\"open\",outcome=\"ok\"}");
  }

  @Test
  void everyMetricIsInTheReadme() throws Exception {
    invoke("NEW_SESSION", "{\"inputs\":\"Hello.\"}");
    String readme = Files.readString(Path.of("README.md"));

    List<String> shown =
        get("q/metrics")
            .body()
            .lines()
            .filter(line -> line.startsWith("# TYPE model_container_"))
            .map(line -> line.split(" ", -1)[2].replaceFirst("_max$", ""))
            .toList();

    assertThat(shown).contains("model_container_batch_size", "model_container_step_seconds");
    assertThat(shown).allMatch(name -> readme.matches("(?s).*\\| `" + name + "(_total)?` \\|.*"));
  }

  private HttpResponse<String> invoke(String session, String body)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(base.resolve("invocations"))
            .header(SESSION, session)
            .POST(BodyPublishers.ofString(body))
            .build();
    return http.send(request, BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(base.resolve(path)).GET().build();
    return http.send(request, BodyHandlers.ofString());
  }
}
