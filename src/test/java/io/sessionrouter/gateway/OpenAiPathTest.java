package io.sessionrouter.gateway;

import static io.sessionrouter.gateway.GatewayFixture.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.gateway.RawConnection.Message;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenAI's paths, to the byte. */
class OpenAiPathTest {
  private static final String CHAT = "/endpoints/chat/openai/v1/chat/completions";
  private static final String FAILED =
      "{\"error\":{\"message\":\"no\",\"type\":\"invalid_request_error\",\"param\":\"n\",\"code\":\"x\"}}";

  private static String request(String method, String path, String body, String... headers) {
    StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: r\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    if (!body.isEmpty()) {
      head.append("Content-Length: ").append(body.length()).append("\r\n");
    }
    return head.append("\r\n").append(body).toString();
  }

  private static Message ask(String answer, String request, List<String> heads) throws Exception {
    try (var container = RawServer.answering(answer);
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      Message response = client.write(request).readResponse();
      heads.addAll(container.heads());
      return response;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /chat/completions, chat_completions",
    "POST, /completions, completions",
    "POST, /embeddings, embeddings",
    "GET, /models, models"
  })
  void aPathGoesToTheContainersOwn(String method, String path, String label) throws Exception {
    try (var container = RawServer.answering(ok("{\"a\":1}"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      String body = method.equals("GET") ? "" : "{\"messages\":[]}";
      Message answer =
          client
              .write(request(method, "/endpoints/chat/openai/v1" + path + "?x=1", body))
              .readResponse();

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("{\"a\":1}");
      assertThat(answer.header("x-Amzn-Invoked-Production-Variant")).isEqualTo("main");
      assertThat(container.heads().getFirst()).startsWith(method + " /v1" + path + " HTTP/1.1\r\n");
      await()
          .untilAsserted(
              () ->
                  assertThat(
                          rig.registry
                              .get("session_router_requests")
                              .tags("operation", label, "outcome", "success")
                              .counter()
                              .count())
                      .isEqualTo(1));
    }
  }

  @Test
  void oneConnectionMayMixThem() throws Exception {
    try (var container = RawServer.answering(ok("hi"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      for (int i = 0; i < 3; i++) {
        client.write(request("GET", "/endpoints/chat/openai/v1/models", ""));
        assertThat(client.readResponse().body()).isEqualTo("hi");
        client.write(request("POST", CHAT, "{}"));
        assertThat(client.readResponse().body()).isEqualTo("hi");
        client.write(request("POST", "/endpoints/chat/invocations", "{}"));
        assertThat(client.readResponse().body()).isEqualTo("hi");
      }
      assertThat(container.connections()).as("and so may the container's").hasSize(1);
    }
  }

  @Test
  void headersPassByTheSameList() throws Exception {
    try (var container = RawServer.answering(ok("hi"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(
          request(
              "POST",
              CHAT,
              "{}",
              "Authorization: Bearer secret",
              "Content-Type: application/json",
              "Accept: application/json",
              "OpenAI-Organization: me",
              "X-Stainless-Lang: python",
              "X-Amzn-SageMaker-Inference-Id: i-1",
              "X-Amzn-SageMaker-Prefix-Aware-Id: p-1"));
      client.readResponse();

      assertThat(container.heads().getFirst().toLowerCase(java.util.Locale.ROOT))
          .contains("content-type: application/json", "accept: application/json")
          .contains("x-amzn-sagemaker-inference-id: i-1", "x-amzn-sagemaker-prefix-aware-id: p-1")
          .doesNotContain("authorization", "secret", "openai", "stainless");
    }
  }

  @Test
  void aStreamComesAsItIsAndAsItComes() throws Exception {
    String first = "data: {\"choices\":[]}\n\n";
    String last = "data: [DONE]\n\n";
    var seen = new java.util.concurrent.CountDownLatch(1);
    try (var container =
            RawServer.playing(
                connection -> {
                  connection.readRequest();
                  connection.write(
                      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                          + "Transfer-Encoding: chunked\r\n\r\n");
                  connection.write(Integer.toHexString(first.length()) + "\r\n" + first + "\r\n");
                  seen.await();
                  connection.write(
                      Integer.toHexString(last.length()) + "\r\n" + last + "\r\n0\r\n\r\n");
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(request("POST", CHAT, "{\"stream\":true}"));

      Message head = client.readHead();
      assertThat(head.header("content-type")).isEqualTo("text/event-stream");
      assertThat(client.readChunk()).isEqualTo(first);
      seen.countDown();
      assertThat(client.readChunk()).isEqualTo(last);
      assertThat(client.readChunk()).isEmpty();
    }
  }

  @Test
  void aSessionBeginsAndGoesOnAndIsRequired() throws Exception {
    String opened =
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
            + "X-Amzn-SageMaker-Session-Id: abc; Expires=2099-01-01T00:00:00Z\r\n\r\n{}";
    try (var container = RawServer.answering(opened);
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      Message first =
          client
              .write(request("POST", CHAT, "{}", "X-Amzn-SageMaker-Session-Id: NEW_SESSION"))
              .readResponse();
      Message second =
          client
              .write(request("POST", CHAT, "{}", "X-Amzn-SageMaker-Session-Id: abc"))
              .readResponse();
      Message unknown =
          client
              .write(request("POST", CHAT, "{}", "X-Amzn-SageMaker-Session-Id: nobody"))
              .readResponse();

      assertThat(first.header("X-Amzn-SageMaker-New-Session-Id")).startsWith("abc; Expires=");
      assertThat(container.heads().getFirst()).contains("X-Session-Router-Session: new");
      assertThat(second.status()).isEqualTo(200);
      assertThat(container.heads().get(1)).contains("X-Amzn-SageMaker-Session-Id: abc");
      assertThat(unknown.status()).isEqualTo(400);
      assertThat(unknown.body()).startsWith("{\"error\":{\"message\":\"Session nobody");
      assertThat(container.heads()).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 410, 422, 500, 503})
  void aContainersErrorComesAsItIs(int status) throws Exception {
    var heads = new java.util.ArrayList<String>();
    String answer =
        "HTTP/1.1 "
            + status
            + " No\r\nContent-Type: application/json\r\nRetry-After: 7\r\n"
            + "X-Internal: secret\r\nContent-Length: "
            + FAILED.length()
            + "\r\n\r\n"
            + FAILED;

    Message error = ask(answer, request("POST", CHAT, "{}"), heads);

    assertThat(error.status()).isEqualTo(status);
    assertThat(error.body()).isEqualTo(FAILED);
    assertThat(error.header("content-type")).isEqualTo("application/json");
    assertThat(error.header("retry-after")).isEqualTo("7");
    assertThat(error.header("x-amzn-errortype")).isEqualTo("ModelError");
    assertThat(error.header("x-amzn-requestid")).isNotEmpty();
    assertThat(error.header("x-internal")).isNull();
  }

  @Test
  void aLongErrorIsWhole() throws Exception {
    String body = "{\"error\":{\"message\":\"" + "x".repeat(20_000) + "\"}}";
    String answer = "HTTP/1.1 400 No\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;

    assertThat(ask(answer, request("POST", CHAT, "{}"), new java.util.ArrayList<>()).body())
        .isEqualTo(body);
  }

  @Test
  void anEndlessErrorBecomesTheRoutersOwn() throws Exception {
    String body = "x".repeat(200_000);
    String answer = "HTTP/1.1 400 No\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;

    Message error = ask(answer, request("POST", CHAT, "{}"), new java.util.ArrayList<>());

    assertThat(error.status()).isEqualTo(424);
    assertThat(error.body())
        .startsWith("{\"error\":{\"message\":\"Received client error (400) from main")
        .endsWith("\",\"type\":\"server_error\",\"param\":null,\"code\":\"ModelError\"}}")
        .hasSizeLessThan(4096);
  }

  @Test
  void otherPathsKeepTheirForm() throws Exception {
    String answer = "HTTP/1.1 400 No\r\nContent-Length: " + FAILED.length() + "\r\n\r\n" + FAILED;

    Message error =
        ask(
            answer,
            request("POST", "/endpoints/chat/invocations", "{}"),
            new java.util.ArrayList<>());

    assertThat(error.status()).isEqualTo(424);
    assertThat(error.body()).contains("\"OriginalStatusCode\":400");
  }

  @Test
  void aBrokenContainerIsReportedInOpenAisForm() throws Exception {
    Message error =
        ask("nonsense\r\n\r\n", request("POST", CHAT, "{}"), new java.util.ArrayList<>());

    assertThat(error.status()).isEqualTo(424);
    assertThat(error.header("x-amzn-errortype")).isEqualTo("ModelError");
    assertThat(error.body()).startsWith("{\"error\":{").contains("\"code\":\"ModelError\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST | /endpoints/nope/openai/v1/chat/completions | 400 | Endpoint nope not found. |"
            + " ValidationError",
        "GET  | /endpoints/nope/openai/v1/models | 400 | Endpoint nope not found. |"
            + " ValidationError",
        "POST | /endpoints/chat/openai/v1/responses | 404 | No such operation |"
            + " UnknownOperationException",
        "POST | /endpoints/chat/openai/v2/chat/completions | 404 | No such operation |"
            + " UnknownOperationException",
        "POST | /endpoints/chat/openai/v1/chat/completions/ | 404 | No such operation |"
            + " UnknownOperationException",
        "POST | /endpoints/chat/openai/ | 404 | No such operation | UnknownOperationException",
        "GET  | /endpoints/chat/openai/v1/chat/completions | 405 | (expected: POST) |"
            + " UnknownOperationException",
        "POST | /endpoints/chat/openai/v1/models | 405 | (expected: GET) |"
            + " UnknownOperationException",
        "POST | /endpoints/chat/inference-components/c/openai/v1/chat/completions | 400 | Inference"
            + " Component Name header is not allowed | ValidationError",
        "GET  | /endpoints/chat/inference-components/c/openai/v1/models | 400 | Inference Component"
            + " Name header is not allowed | ValidationError",
      })
  void whatIsRefusedIsReportedInOpenAisForm(
      String method, String path, int status, String message, String code) throws Exception {
    var heads = new java.util.ArrayList<String>();

    Message error = ask(ok("hi"), request(method, path, "{}"), heads);

    assertThat(error.status()).isEqualTo(status);
    assertThat(error.header("x-amzn-errortype")).isEqualTo(code);
    assertThat(error.body())
        .startsWith("{\"error\":{\"message\":\"")
        .contains(message)
        .endsWith(
            "\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"" + code + "\"}}");
    assertThat(heads).as("the container sees nothing").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/endpoints/chat/inference-components/c/invocations",
        "/endpoints/chat/inference-components/openai/v1/models",
        "/endpoints/chat/inference-components//openai/v1/models",
        "/endpoints/chat/openaix/v1/models",
        "/endpoints/chat/v1/models",
        "/openai/v1/models"
      })
  void whatOnlyLooksLikeOneOfThemIsNone(String path) throws Exception {
    Message error = ask(ok("hi"), request("GET", path, ""), new java.util.ArrayList<>());

    assertThat(error.status()).isEqualTo(404);
  }

  @Test
  void aMethodSaysWhichOneIsAllowed() throws Exception {
    Message error =
        ask(
            ok("hi"),
            request("PUT", "/endpoints/chat/openai/v1/models", "{}"),
            new java.util.ArrayList<>());

    assertThat(error.header("allow")).isEqualTo("GET");
  }

  @ParameterizedTest
  @CsvSource({"'',400", "a,200"})
  void aPrefixIdIsOfOneToSixtyFourCharacters(String id, int status) throws Exception {
    for (String path : List.of("/endpoints/chat/invocations", CHAT)) {
      String header = "X-Amzn-SageMaker-Prefix-Aware-Id: ";
      Message answer =
          ask(ok("hi"), request("POST", path, "{}", header + id), new java.util.ArrayList<>());
      Message longest =
          ask(
              ok("hi"),
              request("POST", path, "{}", header + "x".repeat(64)),
              new java.util.ArrayList<>());
      Message tooLong =
          ask(
              ok("hi"),
              request("POST", path, "{}", header + "x".repeat(65)),
              new java.util.ArrayList<>());

      assertThat(answer.status()).isEqualTo(status);
      assertThat(longest.status()).isEqualTo(200);
      assertThat(tooLong.status()).isEqualTo(400);
      assertThat(tooLong.body()).contains("PrefixAwareId", "at most 64 characters");
    }
  }

  @Test
  void aListOfModelsIsAskedForAgainWhereAnIdleConnectionHasClosed() throws Exception {
    try (var container =
            RawServer.playing(
                connection -> {
                  connection.readRequest();
                  connection.write(ok("hi"));
                  // Closes when it has got the next one, as if both had crossed.
                  connection.readHead();
                  connection.close();
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      String models = request("GET", "/endpoints/chat/openai/v1/models", "");
      assertThat(client.write(models).readResponse().status()).isEqualTo(200);
      assertThat(client.write(models).readResponse().status()).isEqualTo(200);
      assertThat(container.connections()).hasSize(2);
    }
  }
}
