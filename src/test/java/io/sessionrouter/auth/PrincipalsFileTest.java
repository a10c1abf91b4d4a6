package io.sessionrouter.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quarkus.runtime.configuration.ConfigurationException;
import java.time.Instant;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrincipalsFileTest {
  private static final String WHOLE =
      """
      {"principals": [
        {"name": "notebook",
         "accessKeys": [
           {"id": "AKIAONE", "secret": "secret-of-one"},
           {"id": "AKIATWO", "secret": "secret-of-two", "sessionToken": "token",
            "expires": "2027-01-31T00:00:00Z"}],
         "bearerKeys": [
           {"sha256": "%s", "expires": "2027-01-31T00:00:00Z"}],
         "certificateSubjects": ["CN=notebook, O=Example"],
         "allow": [{"actions": ["sagemaker:Invoke*"], "endpoints": ["chat", "team-*"]}],
         "quotas": [{"endpoints": ["*"], "requestsPerSecond": 50, "burst": 100,
           "requestsInFlight": 20, "sessions": 1000, "bytesPerSecond": 10000000}]},
        {"name": "operator@example.com"}]}\
      """
          .formatted(BearerKey.hash("bearer"));

  @Test
  void aWholeFileIsRead() {
    Principals principals = PrincipalsFile.parse(WHOLE);
    assertThat(principals.size()).isEqualTo(2);
    assertThat(principals.find("AKIAONE").secret()).isEqualTo("secret-of-one");
    assertThat(principals.find("AKIAONE").expires()).isNull();
    assertThat(principals.find("AKIATWO").sessionToken()).isEqualTo("token");
    assertThat(principals.find("AKIATWO").expires())
        .isEqualTo(Instant.parse("2027-01-31T00:00:00Z"));
    assertThat(principals.find("AKIATHREE")).isNull();
    Caller notebook = principals.owner(principals.find("AKIATWO"));
    assertThat(notebook.principal().arn()).isEqualTo("arn:aws:iam::000000000000:user/notebook");
    assertThat(principals.bearer(BearerKey.hash("bearer")).caller()).isSameAs(notebook);
    assertThat(principals.bearer(BearerKey.hash("other"))).isNull();
    assertThat(principals.subject(new X500Principal("cn=Notebook,o=example"))).isSameAs(notebook);
    assertThat(principals.subject(new X500Principal("CN=other"))).isNull();
  }

  @Test
  void aFileMayHaveNobody() {
    assertThat(PrincipalsFile.parse("{\"principals\": []}").size()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "{}|principals: missing (expected: a value)",
        "[]|the file: a list (expected: a JSON object)",
        "{\"principals\": {}}|principals: an object (expected: a list)",
        "{\"principals\": [1]}|principals[0]: a number (expected: an object)",
        "{\"principals\": []} x|line 1, column 20: (expected: JSON without duplicate keys)",
        "{\"principals\": [], \"principals\": []}|(expected: JSON without duplicate keys)",
        "{\"principals\": [], \"users\": []}|users: no such key (expected: one of principals)",
        "{\"principals\": [{}]}|principals[0].name: missing (expected: a value)",
        "{\"principals\": [{\"name\": \"a b\"}]}|principals[0].name: another text (expected: 1 to"
            + " 64 letters, digits or characters of _+=,.@-)",
        "{\"principals\": [{\"name\": \"a\"}, {\"name\": \"a\"}]}|principals[1].name: the same as"
            + " principals[0].name (expected: what no other principal or key has)",
      })
  void whatIsWrongWithAFileIsSaid(String file, String problem) {
    refuses(file, problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "\"AKIATWO\"|\"AKIAONE\"|principals[0].accessKeys[1].id: the same as"
            + " principals[0].accessKeys[0].id",
        "\"AKIATWO\"|\"no id\"|principals[0].accessKeys[1].id: another text (expected: 3 to 128",
        "\"id\": \"AKIATWO\",||principals[0].accessKeys[1].id: missing",
        "\"secret-of-two\"|\"short\"|principals[0].accessKeys[1].secret: another text (expected: 8",
        "\"secret-of-two\"|12345678|principals[0].accessKeys[1].secret: a number (expected: 8",
        "\"token\"|\"\"|principals[0].accessKeys[1].sessionToken: an empty text",
        "2027-01-31T00:00:00Z|soon|principals[0].accessKeys[1].expires: soon (expected: a moment"
            + " such as 2027-01-31T00:00:00Z)",
        "\"sha256\"|\"key\"|principals[0].bearerKeys[0].key: no such key (expected: one of expires,"
            + " sha256)",
        "CN=notebook, O=Example|notebook|principals[0].certificateSubjects[0]: another text"
            + " (expected: a distinguished name such as CN=notebook,O=Example)",
        "sagemaker:Invoke*|InvokeEndpoint|principals[0].allow[0].actions[0]: another text",
        "\"team-*\"|\"team_*\"|principals[0].allow[0].endpoints[1]: another text",
        "\"requestsPerSecond\": 50|\"requestsPerSecond\": 0|principals[0].quotas[0]"
            + ".requestsPerSecond: 0 (expected: a number more than 0)",
        "\"requestsPerSecond\": 50, ||principals[0].quotas[0].burst: a number (expected: nothing,",
        "\"sessions\": 1000|\"sessions\": 1.5|principals[0].quotas[0].sessions: 1.5 (expected: a"
            + " whole number from 1",
        "\"burst\": 100|\"burst\": 3000000000|principals[0].quotas[0].burst: 3000000000",
      })
  void whatIsWrongWithAPrincipalIsSaid(String from, String to, String problem) {
    assertThat(WHOLE).contains(from);
    refuses(WHOLE.replace(from, to == null ? "" : to), problem);
  }

  @Test
  void allProblemsAreSaidAtOnce() {
    assertThatThrownBy(
            () ->
                PrincipalsFile.parse(
                    """
                    {"principals": [{"name": 1, "allow": [{}], "accessKeys": "x"}], "more": 0}\
                    """))
        .isInstanceOf(ConfigurationException.class)
        .message()
        .contains(
            "principals[0].name: a number",
            "principals[0].allow[0].actions: missing",
            "principals[0].allow[0].endpoints: missing",
            "principals[0].accessKeys: another text",
            "more: no such key");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"principals\": [{\"name\": \"a\", \"accessKeys\": [{\"id\": \"AKIA\", \"secret\": \"%s",
        "{\"principals\": [{\"name\": \"a\", \"accessKeys\": [{\"id\": \"AKIA\", \"secret\": %s}]}",
        "{\"principals\": [{\"name\": \"a\", \"accessKeys\": [{\"id\": \"%s\"}]}",
        "{\"principals\": [{\"name\": \"a\", \"accessKeys\": [{\"id\": \"AKIA\", \"secret\":"
            + " \"%s\\u0000\", \"sessionToken\": \"%1$s \"}]}]}",
        "{\"principals\": [{\"name\": \"a\", \"accessKeys\": [\"%s\"]}]}",
        "{\"principals\": [{\"name\": \"a\", \"bearerKeys\": [{\"sha256\": \"%s\"}]}]}",
      })
  void noProblemShowsASecret(String file) {
    assertThatThrownBy(() -> PrincipalsFile.parse(file.formatted("hidden/secret+x")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageNotContaining("hidden");
  }

  private static void refuses(String file, String problem) {
    assertThatThrownBy(() -> PrincipalsFile.parse(file))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(problem);
  }
}
