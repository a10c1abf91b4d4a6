package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.local.RouterPlan;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Those who call a running demo: with the keys it printed, with others, with none. */
record DemoCallers(DemoFolder folder, URI router, URI management, URI chat) {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Pattern VARIABLE = Pattern.compile("(?m)^([A-Z_]+)=(\\S+)$");
  private static final String ASKED =
      "{\"inputs\":\"%s %s\"}".formatted(RouterClient.FACTS, RouterClient.QUESTION);

  /** The lines that a user exports. */
  static Map<String, String> printedKeys(String output) {
    Map<String, String> keys =
        VARIABLE
            .matcher(output)
            .results()
            .collect(Collectors.toMap(found -> found.group(1), found -> found.group(2)));
    assertThat(keys)
        .containsOnlyKeys(
            "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "BEARER_KEY");
    return keys;
  }

  void assertRefusedWithoutKey() throws Exception {
    HttpResponse<String> refused = ask(router);
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.headers().firstValue("x-amzn-errortype"))
        .contains("MissingAuthenticationTokenException");
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(management.resolve("/v1/endpoints")).build();
      assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(401);
    }
  }

  /** As the page does, which calls its own server. */
  void assertChatAnswers() throws Exception {
    HttpResponse<String> answer = ask(chat);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains(RouterClient.REMEMBERED);
  }

  private static HttpResponse<String> ask(URI where) throws Exception {
    String path = "/endpoints/%s/invocations".formatted(RouterPlan.ENDPOINT);
    HttpRequest request =
        HttpRequest.newBuilder(where.resolve(path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(ASKED))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, BodyHandlers.ofString());
    }
  }

  void assertPagesOpen() throws Exception {
    assertOpens("/console", "/console/", "js/main.js");
    assertOpens("/metrics", "/q/metrics", "session_router_sessions");
  }

  /** As a browser without a key does, which keeps cookies and goes where it is led. */
  private void assertOpens(String link, String place, String content) throws Exception {
    try (HttpClient browser =
        HttpClient.newBuilder()
            .cookieHandler(new CookieManager())
            .followRedirects(Redirect.ALWAYS)
            .build()) {
      HttpRequest request = HttpRequest.newBuilder(chat.resolve(link)).build();
      HttpResponse<String> page = browser.send(request, BodyHandlers.ofString());
      assertThat(page.uri()).isEqualTo(management.resolve(place));
      assertThat(page.body()).contains(content);
    }
  }

  /** As somebody who has exported these keys. */
  void assertBoto3Works(Map<String, String> keys) throws Exception {
    String script =
        """
        export AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s AWS_DEFAULT_REGION=%s
        python3 - <<'EOF'
        import boto3
        runtime = boto3.client("sagemaker-runtime", endpoint_url="%s")
        answer = runtime.invoke_endpoint(
            EndpointName="%s", ContentType="application/json", Body='%s')
        print(answer["Body"].read().decode())
        EOF
        """
            .formatted(
                keys.get("AWS_ACCESS_KEY_ID"),
                keys.get("AWS_SECRET_ACCESS_KEY"),
                keys.get("AWS_DEFAULT_REGION"),
                router,
                RouterPlan.ENDPOINT,
                ASKED);
    try (Program call = folder.paste(script)) {
      call.awaitExit(0);
      assertThat(call.output()).contains(RouterClient.REMEMBERED);
    }
  }

  /** The command finds the demo's file, and the router what has changed in it. */
  void assertAnAddedPrincipalIsKnown() throws Exception {
    String script = "./principals add notebook --allow 'sagemaker:Invoke*' --endpoints chat";
    try (Program add = folder.paste(script)) {
      add.awaitExit(0);
      Map<String, String> keys =
          Map.of(
              "AWS_ACCESS_KEY_ID", member("AccessKeyId", add.output()),
              "AWS_SECRET_ACCESS_KEY", member("SecretAccessKey", add.output()),
              "AWS_DEFAULT_REGION", "us-east-1");
      await().atMost(PATIENCE).untilAsserted(() -> assertBoto3Works(keys));
    }
  }

  private static String member(String name, String json) {
    Matcher found = Pattern.compile("\"" + name + "\" : \"([^\"]+)\"").matcher(json);
    assertThat(found.find()).as("%s in %s", name, json).isTrue();
    return found.group(1);
  }
}
