package io.sessionrouter.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class KeysTest {
  private static final Keys KEYS = new Keys("AKIA234", "a/b+c==", "sr-a_b-c");

  @Test
  void areReadFromWhatTheCommandShows() {
    assertThat(
            Keys.shown(
                """
                {
                  "Name" : "demo",
                  "AccessKeyId" : "AKIA234",
                  "SecretAccessKey" : "a/b+c==",
                  "BearerKey" : "sr-a_b-c"
                }
                """))
        .isEqualTo(KEYS);
  }

  @Test
  void areWrittenAsVariablesOfAnEnvironmentAndReadAgain() {
    assertThat(KEYS.lines())
        .containsExactly(
            "AWS_ACCESS_KEY_ID=AKIA234",
            "AWS_SECRET_ACCESS_KEY=a/b+c==",
            "AWS_DEFAULT_REGION=us-east-1",
            "BEARER_KEY=sr-a_b-c");
    assertThat(Keys.read(String.join("\n", KEYS.lines()) + "\n")).isEqualTo(KEYS);
  }

  @Test
  void areNotReadFromWhatIsDamaged() {
    assertThatThrownBy(() -> Keys.read("AWS_ACCESS_KEY_ID=AKIA234\n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no AWS_SECRET_ACCESS_KEY");
  }

  @Test
  void areNotShownByChance() {
    assertThat(KEYS).hasToString("AKIA234");
  }
}
