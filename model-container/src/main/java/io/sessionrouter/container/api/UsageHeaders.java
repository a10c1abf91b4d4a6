package io.sessionrouter.container.api;

import io.sessionrouter.container.host.Question;
import java.util.HashMap;
import java.util.Map;

/**
 * The headers that report to a router how much of a request's context was in the cache. Known
 * before the first token, so a streamed reply has them too.
 */
final class UsageHeaders {
  static final String PROMPT = "X-Session-Router-Prompt-Tokens";
  static final String CACHED = "X-Session-Router-Cached-Tokens";

  private UsageHeaders() {}

  /**
   * The headers, with these among them.
   *
   * @param question what is about to be answered
   */
  static Map<String, String> with(Map<String, String> headers, Question question) {
    Map<String, String> all = new HashMap<>(headers);
    all.put(PROMPT, Integer.toString(question.promptTokens()));
    all.put(CACHED, Integer.toString(question.cachedTokens()));
    return all;
  }
}
