package io.sessionrouter.container;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * What a container's answer says of its context: how many tokens it has, and how many of them were
 * in the container's cache. Reported in headers, because bodies are not read on the way; clients do
 * not see them.
 */
public final class TokenUsage {
  public static final AsciiString PROMPT = AsciiString.cached("X-Session-Router-Prompt-Tokens");
  public static final AsciiString CACHED = AsciiString.cached("X-Session-Router-Cached-Tokens");

  private static final int MAX_DIGITS = 9;
  private static final int UNREPORTED = -1;

  private TokenUsage() {}

  /** Who learns of it. */
  public interface Listener {
    void tokens(long prompt, long cached);
  }

  /** Notifies the listener if the answer has both, and they can be true. */
  public static void read(HttpResponse answer, Listener listener) {
    int prompt = number(answer.headers().get(PROMPT));
    if (prompt == UNREPORTED) {
      return;
    }
    int cached = number(answer.headers().get(CACHED));
    if (cached != UNREPORTED && cached <= prompt) {
      listener.tokens(prompt, cached);
    }
  }

  private static int number(@Nullable CharSequence digits) {
    if (digits == null || digits.isEmpty() || digits.length() > MAX_DIGITS) {
      return UNREPORTED;
    }
    int number = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return UNREPORTED;
      }
      number = number * 10 + digit;
    }
    return number;
  }
}
