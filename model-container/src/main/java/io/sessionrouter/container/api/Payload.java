package io.sessionrouter.container.api;

import io.sessionrouter.container.generation.Sampling;
import io.sessionrouter.container.host.Input;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request.
 *
 * @param type what it asks for besides the session header, if anything
 * @param input what the model is to read
 * @param parameters how to answer
 * @param stream whether to stream the reply, if it says so
 * @param ignored its keys that have no meaning here
 */
record Payload(
    @Nullable RequestType type,
    Input input,
    Parameters parameters,
    Optional<Boolean> stream,
    IgnoredKeys ignored) {

  /** The user's new text; empty if there is none. */
  String inputs() {
    return input instanceof Input.Turn(String text) ? text : "";
  }

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
   * @param fullText whether the reply's text begins with the input
   * @param details whether a reply that is not streamed says how it ended, as streams do
   */
  record Parameters(
      int maxNewTokens, Sampling sampling, List<String> stop, boolean fullText, boolean details) {}
}
