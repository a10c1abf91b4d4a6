package io.sessionrouter.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.config.ConfigurationState;
import io.sessionrouter.config.ConfigurationState.Refusal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the verdict says of a configuration that is not the newest, or not as a whole. */
class WordsTest {
  private static final List<String> NONE = List.of();

  private static @Nullable String outdated(
      List<String> refused, List<String> notApplied, List<String> restartNeeded) {
    Refusal refusal = refused.isEmpty() ? null : new Refusal(Instant.EPOCH, refused);
    return Words.outdated(
        new ConfigurationState(
            Instant.EPOCH, List.of(), Map.of(), refusal, notApplied, restartNeeded));
  }

  @Test
  void nothingOfAConfigurationThatIsInForceAsAWhole() {
    assertThat(outdated(NONE, NONE, NONE)).isNull();
  }

  @Test
  void aRefusalNamesTheFirstProblemAndHowManyMore() {
    assertThat(outdated(List.of("a: 0 (expected: 1)"), NONE, NONE))
        .isEqualTo("The newest configuration is refused, the former stays: a: 0 (expected: 1)");
    assertThat(outdated(List.of("a", "b", "c"), NONE, NONE))
        .isEqualTo("The newest configuration is refused, the former stays: a and 2 more");
  }

  @Test
  void aChangeThatIsAppliedPartlyNamesTheFirstPartThatIsNotInForce() {
    assertThat(outdated(NONE, List.of("chat: not in force for its fleet"), NONE))
        .isEqualTo(
            "The configuration in force is applied only partly: chat: not in force for its fleet");
    assertThat(outdated(NONE, List.of("chat", "code"), NONE))
        .isEqualTo("The configuration in force is applied only partly: chat and 1 more");
  }

  /** The refused one may mend nothing of the one before it, so both need a look. */
  @Test
  void aRefusalDoesNotHideThatTheFormerIsAppliedPartly() {
    assertThat(outdated(List.of("a"), List.of("chat"), NONE))
        .isEqualTo(
            "The newest configuration is refused, the former stays: a."
                + " The configuration in force is applied only partly: chat");
  }

  @Test
  void aRestartIsNamedOnlyIfAllElseIsInForce() {
    List<String> keys = List.of("session-router.http.port", "quarkus.http.port");
    assertThat(outdated(NONE, NONE, keys))
        .isEqualTo(
            "A restart is needed for changes of session-router.http.port, quarkus.http.port");
    assertThat(outdated(List.of("a"), NONE, keys)).doesNotContain("restart");
    assertThat(outdated(NONE, List.of("chat"), keys)).doesNotContain("restart");
  }
}
