package io.sessionrouter.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.tls.CertificateUpdatedEvent;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.HealthSettings;
import io.sessionrouter.endpoint.Limits;
import io.sessionrouter.endpoint.SessionSettings;
import io.sessionrouter.endpoint.Timeouts;
import io.sessionrouter.endpoint.VariantSettings;
import io.sessionrouter.testing.TestCa;
import io.sessionrouter.testing.TestIdentity;
import io.sessionrouter.testing.TestRegistry;
import io.sessionrouter.testing.TestTls;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("slow")
class TlsTest {
  private static final Duration TIME = Duration.ofSeconds(1);
  private static final URI PLAIN = URI.create("http://h:1");
  private static final URI SECURE = URI.create("https://model.example:8443");
  private static final TestIdentity ROUTER = TestCa.OURS.identity("localhost");

  private static TestTls ours() {
    return TestTls.trusting(TestCa.OURS).as(ROUTER);
  }

  private static final ServerTlsSettings OUTSIDE = new ServerTlsSettings("outside", false);

  private static EndpointCatalog endpointAt(URI instance) {
    EndpointSettings chat =
        new EndpointSettings(
            "chat",
            List.of(new VariantSettings("main", 1, List.of(instance))),
            new SessionSettings(TIME, null, null, "bye"),
            new Limits(1),
            new Timeouts(TIME, TIME, TIME),
            new HealthSettings("/ping", TIME, TIME),
            "inside");
    return new EndpointCatalog(Map.of("chat", chat));
  }

  private static Tls towardsClients(boolean clientAuth, TestTls named) {
    return new Tls(
        new ServerTlsSettings("outside", clientAuth), endpointAt(PLAIN), registry(named));
  }

  private static Tls towardsInstances(TestTls named) {
    return new Tls(ServerTlsSettings.NONE, endpointAt(SECURE), registry(named));
  }

  private static TestRegistry registry(TestTls named) {
    return new TestRegistry(Map.of("outside", named, "inside", named));
  }

  @Test
  void nothingIsNeededWhereNothingIsSecured() {
    Tls tls = new Tls(ServerTlsSettings.NONE, endpointAt(PLAIN), TestRegistry.EMPTY);

    assertThat(tls.clients()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "http://h:1,  session-router.http.tls-configuration-name: outside,  quarkus.tls.outside",
    "https://h:1, session-router.endpoints.chat.tls-configuration-name: inside, quarkus.tls.inside"
  })
  void aConfigurationThatDoesNotExistIsNamed(URI instance, String key, String expected) {
    ServerTlsSettings http = key.contains("http.tls") ? OUTSIDE : ServerTlsSettings.NONE;

    assertThat(catchThrowable(() -> new Tls(http, endpointAt(instance), TestRegistry.EMPTY)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(key + " (expected: the name of a configuration under " + expected + ")");
  }

  @Test
  void theDataPortNeedsACertificate() {
    assertThatThrownBy(() -> towardsClients(false, TestTls.trusting(TestCa.OURS)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("outside (expected: quarkus.tls.outside.key-store.*)");
  }

  @Test
  void clientsCertificatesNeedATrustStore() {
    assertThatThrownBy(() -> towardsClients(true, TestTls.trustingNobody().as(ROUTER)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("quarkus.tls.outside.trust-store.*");
  }

  @Test
  void whatWouldBeIgnoredIsRefused() {
    assertThatThrownBy(() -> towardsClients(false, ours().withSni()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("key-store.sni");
    assertThatThrownBy(() -> towardsInstances(ours().withRevocationList()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("certificate-revocation-list");
  }

  @Test
  void instancesAreNamedAndTheirNamesAreChecked() {
    SslHandler handler = toInstance(towardsInstances(ours()));

    assertThat(handler.engine().getPeerHost()).isEqualTo("model.example");
    assertThat(handler.engine().getPeerPort()).isEqualTo(8443);
    assertThat(handler.engine().getSSLParameters().getEndpointIdentificationAlgorithm())
        .isEqualTo("HTTPS");
    assertThat(handler.engine().getSSLParameters().getServerNames())
        .extracting(Object::toString)
        .containsExactly("type=host_name (0), value=model.example");
    assertThat(handler.engine().getSSLParameters().getApplicationProtocols())
        .containsExactly("http/1.1");
  }

  @Test
  void namesAreNotCheckedIfSoConfigured() {
    SslHandler handler = toInstance(towardsInstances(ours().verifying("NONE")));

    assertThat(handler.engine().getSSLParameters().getEndpointIdentificationAlgorithm())
        .isNullOrEmpty();
  }

  private static SslHandler toInstance(Tls tls) {
    return tls.instances()
        .newHandler(UnpooledByteBufAllocator.DEFAULT, Instance.at("chat", "main", SECURE));
  }

  @Test
  void certificatesThatCannotBeUsedLeaveTheFormerInPlace() {
    TestTls named = ours();
    Tls tls = towardsInstances(named);

    named.breakDown();
    tls.renew(new CertificateUpdatedEvent("inside", named));

    assertThat(toInstance(tls)).isNotNull();
  }
}
