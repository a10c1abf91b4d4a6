package io.sessionrouter.container.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.container.model.ChatIds;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChatLayoutTest {
  private final ChatLayout layout =
      new ChatLayout(new ChatIds(List.of(1L), List.of(2L, 20L), List.of(3L), List.of(4L, 5L)));

  @Test
  void theFirstTurnBeginsTheConversation() {
    assertThat(layout.turn(new long[] {7, 8}, true)).containsExactly(1, 2, 20, 7, 8, 3);
  }

  @Test
  void laterTurnsDoNot() {
    assertThat(layout.turn(new long[] {7}, false)).containsExactly(2, 20, 7, 3);
  }

  @Test
  void eachOfTheEndsEndsAReplyAndTheFirstIsPutIn() {
    assertThat(layout.ends(4)).isTrue();
    assertThat(layout.ends(5)).isTrue();
    assertThat(layout.ends(3)).isFalse();
    assertThat(layout.end()).isEqualTo(4);
  }

  @Test
  void aModelWithoutMarksGetsPlainText() {
    var plain = new ChatLayout(new ChatIds(List.of(), List.of(), List.of(), List.of(0L)));

    assertThat(plain.turn(new long[] {7}, true)).containsExactly(7);
  }
}
