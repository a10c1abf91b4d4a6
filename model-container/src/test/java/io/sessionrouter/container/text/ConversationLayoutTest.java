package io.sessionrouter.container.text;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.container.generation.CharTokenizer;
import io.sessionrouter.container.text.ChatMessage.Role;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How messages become one text of the model's. */
class ConversationLayoutTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "u:hi                     | ^<hi>",
        "u:hi a:ho u:so           | ^<hi>ho$<so>",
        "s:be u:hi                | ^<be__hi>",
        "s:be s:ok u:hi           | ^<be__ok__hi>",
        "u:hi a:ho s:be u:so      | ^<hi>ho$<be__so>",
        "u:hi u:ho                | ^<hi__ho>",
        "s:be                     | ^<be>",
        "a:ho u:hi                | ^>ho$<hi>",
        "u:hi a:ho a:so           | ^<hi>ho$>so$>",
        "u:hi a:ho                | ^<hi>ho$>",
      })
  void messagesStandBetweenTheMarksOfWhoSpeaks(String messages, String expected) {
    long[] ids = CharTokenizer.LAYOUT.conversation(parse(messages), true, new CharTokenizer());

    assertThat(CharTokenizer.show(ids).replace('\n', '_')).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"u:hi | <hi>", "s:be u:hi | <be__hi>"})
  void whatFollowsHasNoBeginning(String messages, String expected) {
    long[] ids = CharTokenizer.LAYOUT.conversation(parse(messages), false, new CharTokenizer());

    assertThat(CharTokenizer.show(ids).replace('\n', '_')).isEqualTo(expected);
  }

  private static List<ChatMessage> parse(String messages) {
    return Arrays.stream(messages.split(" ", -1))
        .map(
            each ->
                new ChatMessage(
                    switch (each.charAt(0)) {
                      case 'u' -> Role.USER;
                      case 'a' -> Role.ASSISTANT;
                      default -> Role.SYSTEM;
                    },
                    each.substring(2)))
        .toList();
  }
}
