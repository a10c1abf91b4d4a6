package io.sessionrouter.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdsTest {
  private static final Pattern AWS = Pattern.compile("^[a-zA-Z0-9](-*[a-zA-Z0-9])*$");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "A9",
        "a-b",
        "a--b",
        "0",
        "",
        "-",
        "a-",
        "-a",
        "a_b",
        "a.b",
        "a:b",
        "é",
        "a b",
        "a\n",
        "NEW_SESSION"
      })
  void agreesWithThePatternOfTheApi(String text) {
    assertThat(Ids.isName(text, 256)).isEqualTo(AWS.matcher(text).matches());
  }

  @Test
  void agreesWithThePatternOnAnyText() {
    SplittableRandom random = new SplittableRandom(7);
    String letters = "aZ09-_. ";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(8);
      for (int j = 0; j < length; j++) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      assertThat(Ids.isName(text, 256)).as("'%s'", text).isEqualTo(AWS.matcher(text).matches());
    }
  }

  @Test
  void limitsTheLength() {
    assertThat(Ids.isName("x".repeat(63), 63)).isTrue();
    assertThat(Ids.isName("x".repeat(64), 63)).isFalse();
  }

  @Test
  void requestIdsAreUuids() {
    SplittableRandom random = new SplittableRandom(7);
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      String id = Ids.requestId(random).toString();
      assertThat(UUID.fromString(id).version()).isEqualTo(4);
      assertThat(seen.add(id)).isTrue();
    }
  }
}
