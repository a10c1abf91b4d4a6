package io.sessionrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.testing.Configured;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthSettingsReaderTest {
  private static final String KEY = "session-router.auth";

  @Test
  void nothingIsSaidUnlessSomebodySaysIt() {
    AuthSettings settings = Configured.valid().settings().auth();
    assertThat(settings).isEqualTo(new AuthSettings(false, null, "us-east-1"));
    assertThat(settings.on()).isFalse();
  }

  @Test
  void principalsAreAFile() {
    AuthSettings settings =
        Configured.valid()
            .with(KEY + ".principals", "/etc/principals.json")
            .with(KEY + ".region", "eu-central-1")
            .settings()
            .auth();
    assertThat(settings)
        .isEqualTo(new AuthSettings(false, Path.of("/etc/principals.json"), "eu-central-1"));
    assertThat(settings.on()).isTrue();
  }

  @Test
  void theRouterMayBeLeftOpenOpenly() {
    assertThat(Configured.valid().with(KEY, "none").settings().auth().open()).isTrue();
    AuthSettings byEnvironment =
        Configured.valid().withEnvironment("SESSION_ROUTER_AUTH", "none").settings().auth();
    assertThat(byEnvironment.open()).isTrue();
    assertThat(byEnvironment.on()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "'', sigv4, session-router.auth: sigv4 (expected: none",
    ".region, EU, session-router.auth.region: EU (expected: lower-case letters",
  })
  void otherValuesAreRefused(String key, String value, String problem) {
    Configured.valid().with(KEY + key, value).requireRefused(problem);
  }

  @Test
  void anOpenRouterHasNoPrincipals() {
    Configured.valid()
        .with(KEY, "none")
        .with(KEY + ".principals", "/etc/principals.json")
        .requireRefused("session-router.auth: none (expected: no value");
  }
}
