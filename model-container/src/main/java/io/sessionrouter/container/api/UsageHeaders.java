package io.sessionrouter.container.api;

import io.sessionrouter.container.generation.SequenceState;
import java.util.HashMap;
import java.util.Map;

/**
 * The headers that tell a router how much of a request's context was in the cache. Known before the
 * first token, so a streamed reply has them too.
 */
final class UsageHeaders {
  static final String PROMPT = "X-Session-Router-Prompt-Tokens";
  static final String CACHED = "X-Session-Router-Cached-Tokens";

  private UsageHeaders() {}

  /**
   * The headers, with these among them.
   *
   * @param state the context before the turn
   * @param newTokens tokens that the turn adds before its reply
   */
  static Map<String, String> with(Map<String, String> headers, SequenceState state, int newTokens) {
    Map<String, String> all = new HashMap<>(headers);
    all.put(PROMPT, Integer.toString(state.contextTokens() + newTokens));
    all.put(CACHED, Integer.toString(state.length()));
    return all;
  }
}
