package io.sessionrouter.container.text;

import java.util.Arrays;
import java.util.function.Function;

/**
 * Decodes ids of a tokenizer whose text depends on the neighbours of a token.
 *
 * <p>A window of ids is decoded twice, without and with the newest; the difference is new. What
 * ends in a replacement character is half a character and waits.
 */
final class WindowDecoder implements TextDecoder {
  private static final char HALF = '\uFFFD';

  private final Function<long[], String> decode;
  private long[] window = new long[0];
  private int shown;

  WindowDecoder(Function<long[], String> decode) {
    this.decode = decode;
  }

  @Override
  public String append(long id) {
    window = Arrays.copyOf(window, window.length + 1);
    window[window.length - 1] = id;
    String text = text(window);
    return !text.isEmpty() && text.charAt(text.length() - 1) == HALF ? "" : advance(text);
  }

  @Override
  public String finish() {
    return advance(text(window));
  }

  private String advance(String text) {
    String before = text(Arrays.copyOf(window, shown));
    if (text.length() <= before.length()) {
      return "";
    }
    window = Arrays.copyOfRange(window, shown, window.length);
    shown = window.length;
    return text.substring(before.length());
  }

  private String text(long[] ids) {
    return ids.length == 0 ? "" : decode.apply(ids);
  }
}
