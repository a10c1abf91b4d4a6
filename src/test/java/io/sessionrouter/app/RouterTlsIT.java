package io.sessionrouter.app;

import static io.restassured.RestAssured.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.testing.TestCa;
import io.sessionrouter.testing.TestIdentity;
import io.sessionrouter.testing.TestTls;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sagemakerruntime.SageMakerRuntimeClient;
import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointResponse;

/** The packaged router over TLS, with certificates of Quarkus' own registry. */
class RouterTlsIT {
  @RegisterExtension static final PackagedRouter ROUTER = new PackagedRouter(new RouterWithTls());

  private static final TestTls OURS = TestTls.trusting(TestCa.OURS);

  @BeforeEach
  void containersAreHealthy() {
    RunningRouter.awaitReady();
    RunningRouter.awaitHealthy();
  }

  private SageMakerRuntimeClient client(TestCa trusted) {
    return SageMakerRuntimeClient.builder()
        .endpointOverride(URI.create("https://localhost:" + RunningRouter.port()))
        .region(Region.EU_CENTRAL_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret")))
        .httpClient(
            UrlConnectionHttpClient.builder()
                .tlsTrustManagersProvider(() -> trustManagers(trusted))
                .build())
        .build();
  }

  private static TrustManager[] trustManagers(TestCa trusted) {
    try {
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(trusted.trustStore());
      return factory.getTrustManagers();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static InvokeEndpointResponse invoke(
      SageMakerRuntimeClient client, String endpoint, String session, String body) {
    return client.invokeEndpoint(
        r ->
            r.endpointName(endpoint)
                .contentType("text/plain")
                .sessionId(session)
                .body(SdkBytes.fromUtf8String(body)));
  }

  private static String idOf(InvokeEndpointResponse opened) {
    return opened.newSessionId().substring(0, opened.newSessionId().indexOf(';'));
  }

  @Test
  void theAwsSdkOpensContinuesAndClosesASession() {
    try (var client = client(TestCa.OURS)) {
      String id = idOf(invoke(client, "chat", "NEW_SESSION", "one"));

      assertThat(invoke(client, "chat", id, "two").body().asUtf8String()).isEqualTo("one two");
      assertThat(invoke(client, "chat", id, "CLOSE").closedSessionId()).isEqualTo(id);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void clientsOfBothVersionsGetThrough(String version) throws Exception {
    TestTls client = TestTls.trusting(TestCa.OURS).only(version);
    try (var socket = client.connect(InetAddress.getLoopbackAddress(), RunningRouter.port())) {
      assertThat(socket.getSession().getProtocol()).isEqualTo(version);
    }
  }

  @Test
  void theAwsSdkRefusesARouterThatItDoesNotTrust() {
    try (var client = client(TestCa.STRANGERS)) {
      assertThatThrownBy(() -> invoke(client, "chat", "NEW_SESSION", "one"))
          .isInstanceOf(SdkClientException.class)
          .hasMessageContaining("certification path");
    }
  }

  @Test
  void anOperatorsCloseReachesTheContainer() {
    try (var client = client(TestCa.OURS)) {
      String id = idOf(invoke(client, "chat", "NEW_SESSION", "one"));
      assertThat(RouterWithTls.containers).anyMatch(c -> c.sessions().containsKey(id));

      when().delete("/v1/sessions/chat/" + id).then().statusCode(200);

      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> RouterWithTls.containers.stream().noneMatch(c -> c.sessions().containsKey(id)));
    }
  }

  @Test
  void aNewCertificateIsShownWithoutARestart() throws Exception {
    Certificate before = shown();
    try (SSLSocket open = connect()) {
      assertThat(answered(open)).isEqualTo("HTTP/1.1 200 OK");

      TestIdentity fresh = RouterWithTls.renew();

      await()
          .atMost(Duration.ofSeconds(30))
          // What is read between the writing of the two files is no pair.
          .ignoreExceptionsInstanceOf(SSLHandshakeException.class)
          .until(() -> shown().equals(fresh.certificate()) && !shown().equals(before));
      assertThat(answered(open)).as("an open connection goes on").isEqualTo("HTTP/1.1 200 OK");
    }
  }

  private SSLSocket connect() throws IOException {
    return OURS.connect(InetAddress.getLoopbackAddress(), RunningRouter.port());
  }

  private Certificate shown() throws IOException {
    try (SSLSocket socket = connect()) {
      return socket.getSession().getPeerCertificates()[0];
    }
  }

  private static String answered(SSLSocket on) throws IOException {
    String request =
        "POST /endpoints/chat/invocations HTTP/1.1\r\nHost: r\r\nContent-Length: 0\r\n";
    on.getOutputStream().write((request + "\r\n").getBytes(StandardCharsets.US_ASCII));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(on.getInputStream(), StandardCharsets.US_ASCII));
    String status = in.readLine();
    for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
      assertThat(line).doesNotContainIgnoringCase("connection: close");
    }
    return status;
  }

  @Test
  void anInstanceIsUsedFromTheMomentItsAuthorityIsTrusted() throws Exception {
    RunningRouter.awaitStates("strange", List.of("UNHEALTHY"));
    RunningRouter.awaitStates("public", List.of("UNHEALTHY"));

    RouterWithTls.trustStrangers();

    RunningRouter.awaitStates("strange", List.of("HEALTHY"));
    try (var client = client(TestCa.OURS)) {
      String id = idOf(invoke(client, "strange", "NEW_SESSION", "one"));
      assertThat(invoke(client, "strange", id, "two").body().asUtf8String()).isEqualTo("one two");
    }
  }
}
