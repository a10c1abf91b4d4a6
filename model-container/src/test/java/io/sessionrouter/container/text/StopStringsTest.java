package io.sessionrouter.container.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopStringsTest {
  @Test
  void withoutStopTextsAllPassesAtOnce() {
    var stops = new StopStrings(List.of());

    assertThat(stops.append("hello")).isEqualTo("hello");
    assertThat(stops.finish()).isEmpty();
    assertThat(stops.found()).isFalse();
  }

  @Test
  void textBeforeAStopTextPassesTheRestDoesNot() {
    var stops = new StopStrings(List.of("END"));

    assertThat(stops.append("ab END cd")).isEqualTo("ab ");
    assertThat(stops.found()).isTrue();
    assertThat(stops.finish()).isEmpty();
  }

  @Test
  void aStopTextInPiecesIsFoundAndNeverShown() {
    var stops = new StopStrings(List.of("END"));

    assertThat(stops.append("abE")).isEqualTo("ab");
    assertThat(stops.append("N")).isEmpty();
    assertThat(stops.append("D")).isEmpty();
    assertThat(stops.found()).isTrue();
  }

  @Test
  void whatOnlyLookedLikeOnePasses() {
    var stops = new StopStrings(List.of("END"));

    assertThat(stops.append("E") + stops.append("N") + stops.append("x")).isEqualTo("ENx");
  }

  @Test
  void whatWasHeldBackComesAtTheEnd() {
    var stops = new StopStrings(List.of("END"));

    assertThat(stops.append("abEN")).isEqualTo("ab");
    assertThat(stops.finish()).isEqualTo("EN");
  }

  @Test
  void theFirstOfSeveralCounts() {
    var stops = new StopStrings(List.of("two", "one"));

    assertThat(stops.append("a one two")).isEqualTo("a ");
  }

  @Test
  void repeatingStartsAreFollowed() {
    var stops = new StopStrings(List.of("aab"));

    assertThat(stops.append("a") + stops.append("a") + stops.append("a") + stops.append("b"))
        .isEqualTo("a");
    assertThat(stops.found()).isTrue();
  }

  @Test
  void howTextIsCutDoesNotMatter() {
    var random = new Random(3);
    for (int i = 0; i < 2000; i++) {
      String text =
          random.ints(20, 'a', 'd').mapToObj(c -> "" + (char) c).reduce("", String::concat);
      String stop = text.substring(5, 5 + 1 + random.nextInt(4));
      assertThat(inPieces(text, stop, random)).isEqualTo(text.substring(0, text.indexOf(stop)));
    }
  }

  private static String inPieces(String text, String stop, Random random) {
    var stops = new StopStrings(List.of(stop, "zzzz"));
    var shown = new StringBuilder();
    int at = 0;
    while (at < text.length() && !stops.found()) {
      int next = Math.min(text.length(), at + 1 + random.nextInt(3));
      shown.append(stops.append(text.substring(at, next)));
      at = next;
    }
    return shown.append(stops.finish()).toString();
  }
}
