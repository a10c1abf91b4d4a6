package io.sessionrouter.container.generation;

import io.sessionrouter.container.model.ChatIds;
import io.sessionrouter.container.text.ChatLayout;
import io.sessionrouter.container.text.TextDecoder;
import io.sessionrouter.container.text.Tokenizer;
import java.util.List;

/** One token a character, so that tests read like text; ids 1 to 4 are the chat marks. */
public final class CharTokenizer implements Tokenizer {
  public static final long BEGIN = 1;
  public static final long USER = 2;
  public static final long ASSISTANT = 3;
  public static final long END = 4;
  public static final ChatLayout LAYOUT =
      new ChatLayout(new ChatIds(List.of(BEGIN), List.of(USER), List.of(ASSISTANT), List.of(END)));

  @Override
  public long[] encode(String text) {
    return text.chars().asLongStream().toArray();
  }

  @Override
  public TextDecoder newDecoder() {
    return new TextDecoder() {
      @Override
      public String append(long id) {
        return String.valueOf((char) id);
      }

      @Override
      public String finish() {
        return "";
      }
    };
  }

  /** Tokens as text: marks as {@code ^<>$}. */
  public static String show(long[] ids) {
    var text = new StringBuilder();
    for (long id : ids) {
      text.append(id <= END ? "?^<>$".charAt((int) id) : (char) id);
    }
    return text.toString();
  }

  @Override
  public void close() {}
}
