package io.sessionrouter.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.SslHandler;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.quarkus.tls.CertificateUpdatedEvent;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.domain.Settings;
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
  private static final URI SECURE = URI.create("https://model.example:8443");
  private static final TestIdentity ROUTER = TestCa.OURS.identity("localhost");

  private static TestTls ours() {
    return TestTls.trusting(TestCa.OURS).as(ROUTER);
  }

  private static Settings settings(Settings.Tls tls, URI instance) {
    Settings.Endpoint chat =
        new Settings.Endpoint(
            "chat",
            List.of(new Settings.Variant("main", 1, List.of(instance))),
            new Settings.Sessions(TIME, null, null, "bye"),
            new Settings.Limits(1),
            new Settings.Timeouts(TIME, TIME, TIME),
            new Settings.Health("/ping", TIME, TIME),
            "inside");
    return new Settings(
        new Settings.Http("127.0.0.1", 0, 1, null, 1 << 20, TIME, TIME, TIME, tls),
        new Settings.Upstream(TIME, 1),
        Map.of("chat", chat));
  }

  private static Settings towardsClients(boolean clientAuth) {
    return settings(new Settings.Tls("outside", clientAuth), URI.create("http://h:1"));
  }

  private static Tls tls(Settings settings, TestTls named) {
    return new Tls(settings, new TestRegistry(Map.of("outside", named, "inside", named)));
  }

  private static Throwable refused(Settings settings, TestRegistry registry) {
    return catchThrowable(() -> new Tls(settings, registry));
  }

  @Test
  void nothingIsNeededWhereNothingIsSecured() {
    Tls tls = new Tls(settings(null, URI.create("http://h:1")), TestRegistry.EMPTY);

    assertThat(tls.clients()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "http://h:1,  session-router.http.tls-configuration-name: outside,  quarkus.tls.outside",
    "https://h:1, session-router.endpoints.chat.tls-configuration-name: inside, quarkus.tls.inside"
  })
  void aConfigurationThatDoesNotExistIsNamed(URI instance, String key, String expected) {
    Settings.Tls http = key.contains("http.tls") ? new Settings.Tls("outside", false) : null;

    assertThat(refused(settings(http, instance), TestRegistry.EMPTY))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(key + " (expected: the name of a configuration under " + expected + ")");
  }

  @Test
  void theDataPortNeedsACertificate() {
    assertThatThrownBy(() -> tls(towardsClients(false), TestTls.trusting(TestCa.OURS)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("outside (expected: quarkus.tls.outside.key-store.*)");
  }

  @Test
  void clientsCertificatesNeedATrustStore() {
    assertThatThrownBy(() -> tls(towardsClients(true), TestTls.trustingNobody().as(ROUTER)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("quarkus.tls.outside.trust-store.*");
  }

  @Test
  void whatWouldBeIgnoredIsRefused() {
    assertThatThrownBy(() -> tls(towardsClients(false), ours().withSni()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("key-store.sni");
    assertThatThrownBy(() -> tls(settings(null, SECURE), ours().withRevocationList()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("certificate-revocation-list");
  }

  @Test
  void instancesAreNamedAndTheirNamesAreChecked() {
    SslHandler handler = toInstance(tls(settings(null, SECURE), ours()));

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
    SslHandler handler = toInstance(tls(settings(null, SECURE), ours().verifying("NONE")));

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
    Tls tls = tls(settings(null, SECURE), named);

    named.breakDown();
    tls.renew(new CertificateUpdatedEvent("inside", named));

    assertThat(toInstance(tls)).isNotNull();
  }
}
