package io.sessionrouter.container.api;

import io.sessionrouter.container.generation.Sampling;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request.
 *
 * @param type what it asks for besides the session header, if anything
 * @param inputs the new text; empty if there is none
 * @param parameters how to answer
 */
record Payload(@Nullable RequestType type, String inputs, Parameters parameters) {

  /** The values of {@code requestType}. */
  enum RequestType {
    /** Open a session. */
    NEW_SESSION,
    /** Close the session. */
    CLOSE
  }

  /**
   * How to answer.
   *
   * @param maxNewTokens the longest reply
   * @param sampling how tokens are chosen
   * @param stop texts that end the reply
   */
  record Parameters(int maxNewTokens, Sampling sampling, List<String> stop) {}
}
