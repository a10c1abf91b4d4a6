package io.sessionrouter.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointRequest;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointResponse;
import software.amazon.awssdk.services.sagemakerruntime.model.ModelErrorException;
import software.amazon.awssdk.services.sagemakerruntime.model.ValidationErrorException;

/**
 * The packaged router, jar or native binary, and the AWS SDK for Java, which knows nothing of it
 * but its address.
 */
class RouterAwsSdkIT {
  @RegisterExtension static final PackagedRouter ROUTER = new PackagedRouter(new RouterWithRedis());

  private SageMakerRuntimeClient client;

  @BeforeEach
  void connect() {
    RunningRouter.awaitReady();
    client =
        SageMakerRuntimeClient.builder()
            .endpointOverride(URI.create(RunningRouter.url()))
            .region(Region.EU_CENTRAL_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret")))
            .httpClient(UrlConnectionHttpClient.create())
            .build();
    RunningRouter.awaitHealthy();
  }

  @AfterEach
  void disconnect() {
    client.close();
  }

  private InvokeEndpointResponse invoke(String body, Consumer<InvokeEndpointRequest.Builder> more) {
    return client.invokeEndpoint(
        r -> {
          r.endpointName("chat").contentType("text/plain").body(SdkBytes.fromUtf8String(body));
          more.accept(r);
        });
  }

  private static String idOf(InvokeEndpointResponse opened) {
    return opened.newSessionId().substring(0, opened.newSessionId().indexOf(';'));
  }

  @Test
  void opensContinuesAndClosesASession() {
    InvokeEndpointResponse opened = invoke("one", r -> r.sessionId("NEW_SESSION"));
    assertThat(opened.newSessionId()).matches("[0-9a-f-]{36}; Expires=\\S+Z");
    assertThat(opened.invokedProductionVariant()).isEqualTo("main");
    assertThat(opened.customAttributes()).isEqualTo("by=memo");
    assertThat(opened.contentType()).isEqualTo("text/plain");
    String id = idOf(opened);

    assertThat(invoke("two", r -> r.sessionId(id)).body().asUtf8String()).isEqualTo("one two");
    assertThat(invoke("three", r -> r.sessionId(id)).body().asUtf8String())
        .isEqualTo("one two three");

    InvokeEndpointResponse closed = invoke("{\"requestType\":\"CLOSE\"}", r -> r.sessionId(id));
    assertThat(closed.closedSessionId()).isEqualTo(id);
    assertThatThrownBy(() -> invoke("four", r -> r.sessionId(id)))
        .isInstanceOf(ValidationErrorException.class)
        .hasMessageContaining("Session " + id + " is closed");
  }

  @Test
  void spreadsSessionsAndNeverMixesThem() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String mine = "session" + i;
      ids.add(idOf(invoke(mine, r -> r.sessionId("NEW_SESSION"))));
    }
    assertThat(RouterWithRedis.containers)
        .allSatisfy(c -> assertThat(c.sessions()).hasSizeGreaterThan(4));
    for (int i = 0; i < 20; i++) {
      String id = ids.get(i);
      assertThat(invoke("x", r -> r.sessionId(id)).body().asUtf8String())
          .isEqualTo("session" + i + " x");
    }
  }

  @Test
  void answersWithoutASession() {
    InvokeEndpointResponse answer = invoke("plain", r -> {});
    assertThat(answer.body().asUtf8String()).isEqualTo("plain");
    assertThat(answer.newSessionId()).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 413, 500, 503})
  void raisesModelErrors(int status) {
    assertThatThrownBy(() -> invoke("fail " + status, r -> {}))
        .isInstanceOfSatisfying(
            ModelErrorException.class,
            e -> {
              assertThat(e.statusCode()).isEqualTo(424);
              assertThat(e.originalStatusCode()).isEqualTo(status);
              assertThat(e.originalMessage()).isEqualTo("told to fail");
              assertThat(e.requestId()).isNotBlank();
            });
  }

  @Test
  void raisesValidationErrors() {
    assertThatThrownBy(() -> invoke("x", r -> r.sessionId("nobody-knows")))
        .isInstanceOf(ValidationErrorException.class)
        .hasMessageContaining("Session nobody-knows is not known");
    assertThatThrownBy(() -> invoke("x", r -> r.endpointName("nobody")))
        .isInstanceOf(ValidationErrorException.class)
        .hasMessageContaining("Endpoint nobody not found");
    assertThatThrownBy(() -> invoke("x", r -> r.targetModel("m.tar.gz")))
        .isInstanceOf(ValidationErrorException.class)
        .hasMessageContaining("TargetModel");
    assertThatThrownBy(() -> invoke("x", r -> r.targetVariant("green")))
        .isInstanceOf(ValidationErrorException.class)
        .hasMessageContaining("Variant green of endpoint chat not found");
  }

  @Test
  void raisesASizeErrorTheSdkCanRead() {
    assertThatThrownBy(() -> invoke("x".repeat(27_000_000), r -> {}))
        .isInstanceOfSatisfying(
            AwsServiceException.class, e -> assertThat(e.statusCode()).isEqualTo(413));
  }
}
