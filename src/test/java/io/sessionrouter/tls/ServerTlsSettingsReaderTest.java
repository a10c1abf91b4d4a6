package io.sessionrouter.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.sessionrouter.testing.Configured;
import org.junit.jupiter.api.Test;

class ServerTlsSettingsReaderTest {
  @Test
  void theDataPortSpeaksTlsIfAConfigurationIsNamed() {
    Configured named =
        Configured.valid().with("session-router.http.tls-configuration-name", "outside");

    assertThat(named.settings().tls()).isEqualTo(new ServerTlsSettings("outside", false));
    assertThat(named.with("session-router.http.client-auth", "required").settings().tls())
        .isEqualTo(new ServerTlsSettings("outside", true));
    assertThat(
            named
                .withEnvironment("SESSION_ROUTER_HTTP_TLS_CONFIGURATION_NAME", "none")
                .settings()
                .tls())
        .isEqualTo(ServerTlsSettings.NONE);
  }

  @Test
  void clientsCanShowCertificatesOverTlsOnly() {
    Configured plain = Configured.valid().with("session-router.http.client-auth", "required");

    assertThatThrownBy(plain::settings)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "session-router.http.client-auth: required"
                + " (expected: none, since tls-configuration-name is none)");
  }
}
