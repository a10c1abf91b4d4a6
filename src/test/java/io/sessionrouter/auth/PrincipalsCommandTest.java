package io.sessionrouter.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sessionrouter.config.Problems;
import io.sessionrouter.testing.MutableClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command that changes a file of principals. */
class PrincipalsCommandTest {
  private final MutableClock clock = new MutableClock();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Path file;

  @TempDir Path directory;

  @BeforeEach
  void begin() {
    file = directory.resolve("principals.json");
  }

  private int run(String... words) {
    out.reset();
    err.reset();
    return new PrincipalsCommand(
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            file.toString(),
            clock)
        .run(List.of(words));
  }

  private JsonNode output() {
    try {
      return new ObjectMapper().readTree(out.toString(UTF_8));
    } catch (IOException e) {
      throw new AssertionError(out.toString(UTF_8), e);
    }
  }

  private JsonNode added() {
    assertThat(run("add", "notebook", "--allow", "sagemaker:Invoke*", "--endpoints", "chat"))
        .as(err.toString(UTF_8))
        .isZero();
    return output();
  }

  private Principals read() {
    Problems problems = new Problems();
    Principals principals = PrincipalsFile.load(file, problems);
    assertThat(problems.lines()).isEmpty();
    return principals;
  }

  private Caller ownerOf(JsonNode keys) {
    Principals known = read();
    return known.owner(known.find(keys.get("AccessKeyId").asText()));
  }

  private Principals.Owned<BearerKey> bearer(JsonNode keys) {
    return read().bearer(BearerKey.hash(keys.get("BearerKey").asText()));
  }

  @Test
  void anAddedPrincipalHasKeysAndMayDoWhatWasSaid() {
    JsonNode keys = added();
    assertThat(keys.fieldNames())
        .toIterable()
        .containsExactly("Name", "AccessKeyId", "SecretAccessKey", "BearerKey");
    assertThat(keys.get("AccessKeyId").asText()).matches("AKIA[A-Z2-7]{16}");
    assertThat(keys.get("SecretAccessKey").asText()).hasSize(40);
    Caller caller = ownerOf(keys);
    assertThat(caller.principal().name()).isEqualTo("notebook");
    assertThat(caller.allows(Action.INVOKE_ENDPOINT, "chat")).isTrue();
    assertThat(caller.allows(Action.INVOKE_ENDPOINT, "other")).isFalse();
    assertThat(caller.allows(Action.DRAIN, "chat")).isFalse();
    assertThat(read().find(keys.get("AccessKeyId").asText()).secret())
        .isEqualTo(keys.get("SecretAccessKey").asText());
    assertThat(bearer(keys).caller().principal().name()).isEqualTo("notebook");
  }

  @Test
  void onlyItsOwnerReadsTheFileAndABearerKeyIsNotInIt() throws IOException {
    JsonNode keys = added();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(file)).doesNotContain(keys.get("BearerKey").asText());
    try (var left = Files.list(directory)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("principals.json", "principals.json.lock");
    }
  }

  @Test
  void severalActionsAndEndpointsMayBeNamed() {
    assertThat(
            run("add", "ops", "--allow", "router:*", "sagemaker:Invoke*", "--endpoints", "a", "b"))
        .isZero();
    Caller caller = ownerOf(output());
    assertThat(caller.allows(Action.DRAIN, "b")).isTrue();
    assertThat(caller.allows(Action.INVOKE_ENDPOINT, "a")).isTrue();
    assertThat(caller.allows(Action.INVOKE_ENDPOINT, "c")).isFalse();
  }

  @Test
  void rotatedKeysAreBothValidUntilTheFormerExpire() {
    JsonNode former = added();
    assertThat(run("rotate", "notebook", "--expire-old", "24h")).isZero();
    JsonNode next = output();
    assertThat(next.get("AccessKeyId")).isNotEqualTo(former.get("AccessKeyId"));
    assertThat(ownerOf(former).principal()).isEqualTo(ownerOf(next).principal());
    String id = former.get("AccessKeyId").asText();
    assertThat(Duration.between(clock.instant(), read().find(id).expires()))
        .isBetween(Duration.ofHours(24).minusSeconds(1), Duration.ofHours(24));
    assertThat(bearer(former).key().expires()).isEqualTo(read().find(id).expires());
    assertThat(read().find(next.get("AccessKeyId").asText()).expires()).isNull();

    clock.advance(Duration.ofHours(25));
    assertThat(run("rotate", "notebook")).isZero();
    assertThat(read().find(id)).as("is of no more use").isNull();
    assertThat(bearer(former)).isNull();
    assertThat(ownerOf(next)).isNotNull();
  }

  @Test
  void aRotationDoesNotProlongWhatExpiresSooner() {
    JsonNode first = added();
    run("rotate", "notebook", "--expire-old", "1h");
    run("rotate", "notebook", "--expire-old", "2h");
    String id = first.get("AccessKeyId").asText();
    assertThat(Duration.between(clock.instant(), read().find(id).expires()))
        .isLessThanOrEqualTo(Duration.ofHours(1));
  }

  @Test
  void aRevokedPrincipalIsGone() {
    JsonNode keys = added();
    assertThat(run("revoke", "notebook")).isZero();
    assertThat(read().size()).isZero();
    assertThat(bearer(keys)).isNull();
  }

  @Test
  void aListHasNoSecrets() {
    JsonNode keys = added();
    assertThat(run("list")).isZero();
    assertThat(out.toString(UTF_8))
        .contains("notebook", "sagemaker:Invoke*", keys.get("AccessKeyId").asText())
        .doesNotContain(
            keys.get("SecretAccessKey").asText(), keys.get("BearerKey").asText(), "secret");
  }

  @Test
  void aFileMayBeNamed() {
    String other = directory.resolve("other.json").toString();
    assertThat(run("add", "a", "--allow", "*", "--endpoints", "*", "--file", other)).isZero();
    assertThat(Path.of(other)).exists();
    assertThat(file).doesNotExist();
  }

  @Test
  void aFileInWhichSomethingIsWrongStaysAsItIs() throws IOException {
    Files.writeString(file, "{\"principals\": [{\"nom\": \"a\"}]}");
    assertThat(run("add", "b", "--allow", "*", "--endpoints", "*")).isEqualTo(2);
    assertThat(err.toString(UTF_8)).contains("principals[0].nom: no such key");
    assertThat(Files.readString(file)).isEqualTo("{\"principals\": [{\"nom\": \"a\"}]}");
  }

  @Test
  void aLinkStaysOne() throws IOException {
    added();
    Path link = Files.createSymbolicLink(directory.resolve("link.json"), file);
    assertThat(run("revoke", "notebook", "--file", link.toString())).isZero();
    assertThat(link).isSymbolicLink();
    assertThat(read().size()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "|a command is missing",
        "frob|frob: no such command",
        "add|add: NAME is missing",
        "add b|add: --allow is missing, or has no value",
        "add b --allow x:Y|add: --endpoints is missing, or has no value",
        "add b --allow --endpoints x|add: --allow is missing, or has no value",
        "add notebook --allow * --endpoints *|notebook: already there",
        "add b c --allow * --endpoints *|c: one word too many",
        "add b --allow Invoke --endpoints *|principals[1].allow[0].actions[0]: another text",
        "add b/c --allow * --endpoints *|principals[1].name: another text (expected: 1 to 64",
        "rotate other|other: no such principal",
        "rotate notebook --expire-old soon|soon: no duration (expected: such as 30m, 24h or 7d)",
        "rotate notebook --expire-old -1s|-1s: no duration",
        "rotate notebook --allow x|--allow: no such option of rotate",
        "revoke other|other: no such principal",
        "list notebook|notebook: one word too many",
        "list --file a b|b: one value too many of --file",
        "list --file|list: --file is missing, or has no value",
      })
  void whatIsWrongIsSaidAndNothingDone(String words, String message) throws IOException {
    added();
    String before = Files.readString(file);
    assertThat(run(words == null ? new String[0] : words.split(" ", -1))).isEqualTo(2);
    assertThat(err.toString(UTF_8)).contains(message, "Usage:");
    assertThat(out.toString(UTF_8)).isEmpty();
    assertThat(Files.readString(file)).isEqualTo(before);
  }

  @Test
  void aFileThatCannotBeWrittenIsAFailure() {
    String nowhere = directory.resolve("nowhere/principals.json").toString();
    assertThat(run("add", "a", "--allow", "*", "--endpoints", "*", "--file", nowhere)).isEqualTo(1);
    assertThat(err.toString(UTF_8)).contains("cannot be read or written", nowhere);
  }

  @Test
  void helpIsHelp() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString(UTF_8)).startsWith("Usage:");
  }
}
