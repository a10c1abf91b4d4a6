package io.sessionrouter.container.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class WindowDecoderTest {
  /** One byte an id. */
  private final WindowDecoder bytes =
      new WindowDecoder(
          ids -> {
            byte[] text = new byte[ids.length];
            for (int i = 0; i < ids.length; i++) {
              text[i] = (byte) ids[i];
            }
            return new String(text, StandardCharsets.UTF_8);
          });

  /** Words whose first one loses its blank, as some tokenizers do. */
  private final WindowDecoder words =
      new WindowDecoder(
          ids ->
              Arrays.stream(ids)
                  .mapToObj(id -> "w" + id)
                  .reduce("", (a, b) -> a.isEmpty() ? b : a + " " + b));

  @Test
  void plainTextComesAtOnce() {
    assertThat(bytes.append('a')).isEqualTo("a");
    assertThat(bytes.append('b')).isEqualTo("b");
    assertThat(bytes.finish()).isEmpty();
  }

  @Test
  void halfACharacterWaits() {
    assertThat(bytes.append(0xC3)).isEmpty();
    assertThat(bytes.append(0xA9)).isEqualTo("é");
    assertThat(bytes.append('x')).isEqualTo("x");
  }

  @Test
  void halfACharacterAtTheEndIsShownAsSuch() {
    bytes.append('a');
    bytes.append(0xC3);

    assertThat(bytes.finish()).isEqualTo("\uFFFD");
  }

  @Test
  void theBlankBetweenWordsIsKept() {
    assertThat(words.append(1) + words.append(2) + words.append(3)).isEqualTo("w1 w2 w3");
  }

  @Test
  void nothingIsNothing() {
    assertThat(bytes.finish()).isEmpty();
  }
}
