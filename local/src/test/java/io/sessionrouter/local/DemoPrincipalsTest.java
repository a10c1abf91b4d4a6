package io.sessionrouter.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which keys the demo has; the command is played, and writes as the router's does. */
class DemoPrincipalsTest {
  /** SHA-256 of {@code sr-1} and {@code sr-2}. */
  private static final List<String> HASHES =
      List.of(
          "19670d7df9a5d7dfbfd07339e5af3188b535ec67c2c3403248844cdc1f67463d",
          "ee1060066d970b1ad1700ddb76d52f26a2fefb5bfe5dc78474f49557cf35a6e5");

  @TempDir private Path state;
  private final List<List<String>> commands = new ArrayList<>();

  private Keys keys() {
    return new DemoPrincipals(state, this::played).keys();
  }

  private String played(List<String> words) {
    commands.add(words);
    int number = commands.size();
    write(principals("demo", number, ""));
    return """
    {"Name" : "demo", "AccessKeyId" : "AKIA%1$d", "SecretAccessKey" : "secret%1$d",
     "BearerKey" : "sr-%1$d"}
    """
        .formatted(number);
  }

  private static String principals(String name, int number, String more) {
    return """
    {"principals" : [ {
      "name" : "%s",
      "accessKeys" : [ { "id" : "AKIA%d", "secret" : "secret" %s} ],
      "bearerKeys" : [ {%s "sha256" : "%s" } ],
      "allow" : [ { "actions" : [ "*" ], "endpoints" : [ "*" ] } ]
    } ] }
    """
        .formatted(
            name,
            number,
            more,
            more.isEmpty() ? "" : more.substring(1) + ",",
            HASHES.get(number - 1));
  }

  private void write(String text) {
    try {
      Files.writeString(state.resolve("principals.json"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void areMadeByTheRoutersCommandAndKept() throws Exception {
    Keys made = keys();

    assertThat(made).isEqualTo(new Keys("AKIA1", "secret1", "sr-1"));
    assertThat(keys()).as("at the next start").isEqualTo(made);
    assertThat(DemoPrincipals.kept(state)).isEqualTo(made);
    String file = state.resolve("principals.json").toString();
    assertThat(commands)
        .containsExactly(
            List.of(
                "add",
                "demo",
                "--allow",
                "sagemaker:*",
                "router:*",
                "--endpoints",
                "*",
                "--file",
                file));
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(state.resolve("keys.env"))))
        .isEqualTo("rw-------");
    assertThat(state.toFile().list()).containsExactlyInAnyOrder("principals.json", "keys.env");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "AWS_ACCESS_KEY_ID=AKIA1\n"})
  void areMadeAnewIfNobodyHasThemAnyMore(String left) throws Exception {
    keys();
    Files.writeString(state.resolve("keys.env"), left);

    assertThat(DemoPrincipals.kept(state)).isNull();
    assertThat(keys().accessKeyId()).isEqualTo("AKIA2");
    assertThat(commands.getLast()).startsWith("rotate", "demo", "--file");
  }

  @Test
  void areMadeAnewIfTheyWereRevoked() {
    keys();
    write(principals("notebook", 2, ""));

    assertThat(keys().accessKeyId()).isEqualTo("AKIA2");
    assertThat(commands.getLast()).startsWith("add", "demo");
  }

  @Test
  void areMadeAnewIfTheyWillEnd() {
    keys();
    write(principals("demo", 1, ", \"expires\" : \"2026-01-01T00:00:00Z\""));

    assertThat(keys().accessKeyId()).isEqualTo("AKIA2");
    assertThat(commands.getLast()).startsWith("rotate", "demo");
  }

  @Test
  void thereAreNoneBeforeTheFirstStart() {
    assertThat(DemoPrincipals.kept(state)).isNull();
  }

  @Test
  void whatTheCommandRefusesIsReportedWithoutItsUsage() {
    String script = "echo \"$*: wrong\"; echo Usage:; echo all of it; exit 2";
    var program = new PrincipalsProgram(List.of("sh", "-c", script, "sh"));

    assertThatThrownBy(() -> program.run(List.of("add", "demo")))
        .isInstanceOf(StartFailure.class)
        .hasMessage("The demo's keys cannot be made: add demo: wrong");
  }

  @Test
  void whatTheCommandPrintsIsReturned() {
    assertThat(new PrincipalsProgram(List.of("echo")).run(List.of("a", "b"))).isEqualTo("a b\n");
  }
}
