package io.sessionrouter.app;

import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasItems;

import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointRequest;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointResponse;
import software.amazon.awssdk.services.sagemakerruntime.model.ValidationErrorException;

/** Many models behind one endpoint of the packaged router, through the AWS SDK. */
class RouterModelsIT {
  @RegisterExtension
  static final PackagedRouter ROUTER = new PackagedRouter(new RouterWithModels());

  private SageMakerRuntimeClient client;

  @BeforeEach
  void connect() {
    RunningRouter.awaitReady();
    client =
        SageMakerRuntimeClient.builder()
            .endpointOverride(URI.create(RunningRouter.url()))
            .region(Region.EU_CENTRAL_1)
            .overrideConfiguration(o -> o.retryStrategy(RetryMode.LEGACY))
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret")))
            .httpClient(UrlConnectionHttpClient.create())
            .build();
    RunningRouter.awaitStates("zoo", List.of("HEALTHY", "HEALTHY"));
  }

  @AfterEach
  void disconnect() {
    client.close();
  }

  private InvokeEndpointResponse invoke(String body, Consumer<InvokeEndpointRequest.Builder> more) {
    return client.invokeEndpoint(
        r -> {
          r.endpointName("zoo").contentType("text/plain").body(SdkBytes.fromUtf8String(body));
          more.accept(r);
        });
  }

  private double notReady() {
    return when()
        .get("/q/metrics")
        .asString()
        .lines()
        .filter(line -> line.startsWith("session_router_requests_total"))
        .filter(line -> line.contains("outcome=\"model_not_ready\""))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  @Test
  void aSlowLoadCostsTheCallerRetriesAndNoLineOfCode() {
    RouterWithModels.canary.holdLoads();
    double before = notReady();
    CompletableFuture<String> answer =
        CompletableFuture.supplyAsync(
            () ->
                invoke("hello", r -> r.targetModel("slow.tar.gz").targetVariant("canary"))
                    .body()
                    .asUtf8String());

    await().until(() -> notReady() > before);
    assertThat(answer).isNotDone();
    RouterWithModels.canary.letGo();

    assertThat(answer.join()).isEqualTo("slow.tar.gz: hello");
    assertThat(RouterWithModels.canary.calls("load slow.tar.gz")).isEqualTo(1);
  }

  @Test
  void aSessionKeepsItsModelAndItsMemory() {
    InvokeEndpointResponse opened =
        invoke("one", r -> r.targetModel("s.tar.gz").sessionId("NEW_SESSION"));
    String id = opened.newSessionId().substring(0, opened.newSessionId().indexOf(';'));
    for (String other : List.of("t.tar.gz", "u.tar.gz", "v.tar.gz")) {
      invoke("x", r -> r.targetModel(other));
    }

    assertThat(RouterWithModels.main.models()).contains("s.tar.gz", "v.tar.gz").hasSize(2);
    assertThat(invoke("two", r -> r.targetModel("s.tar.gz").sessionId(id)).body().asUtf8String())
        .isEqualTo("s.tar.gz: two");
    assertThatThrownBy(() -> invoke("two", r -> r.targetModel("t.tar.gz").sessionId(id)))
        .isInstanceOf(ValidationErrorException.class)
        .hasMessageContaining("lives in model s.tar.gz");
    when().get("/v1/sessions/zoo/" + id).then().body("model", containsString("s.tar.gz"));
    when().delete("/v1/sessions/zoo/" + id).then().statusCode(200);
    invoke("x", r -> r.targetModel("w.tar.gz"));
    invoke("x", r -> r.targetModel("y.tar.gz"));
    assertThat(RouterWithModels.main.models()).doesNotContain("s.tar.gz");
  }

  @Test
  void variantsHaveModelsOfTheirOwn() {
    InvokeEndpointResponse answer =
        invoke("hi", r -> r.targetModel("c.tar.gz").targetVariant("canary"));

    assertThat(answer.invokedProductionVariant()).isEqualTo("canary");
    assertThat(RouterWithModels.canary.models()).contains("c.tar.gz");
    assertThat(RouterWithModels.main.models()).doesNotContain("c.tar.gz");
  }

  @Test
  void aSessionStaysOnTheVariantItBeganOnWhateverTheWeights() {
    String opened =
        invoke("one", r -> r.targetModel("d").targetVariant("canary").sessionId("NEW_SESSION"))
            .newSessionId();
    String id = opened.substring(0, opened.indexOf(';'));

    InvokeEndpointResponse more = invoke("two", r -> r.targetModel("d").sessionId(id));

    assertThat(more.invokedProductionVariant()).isEqualTo("canary");
    assertThat(more.body().asUtf8String()).isEqualTo("d: two");
  }

  @Test
  void operatorsSeeModels() {
    invoke("hi", r -> r.targetModel("seen.tar.gz").targetVariant("canary"));

    when()
        .get("/v1/endpoints/zoo/instances")
        .then()
        .statusCode(200)
        .body("find { it.variant == 'canary' }.models.name", hasItems("seen.tar.gz"))
        .body("find { it.variant == 'canary' }.models.state", hasItems("LOADED"));
    assertThat(when().get("/q/metrics").asString())
        .contains("session_router_model_loads_total{", "session_router_models_loaded{")
        .doesNotContain("seen.tar.gz");
  }
}
