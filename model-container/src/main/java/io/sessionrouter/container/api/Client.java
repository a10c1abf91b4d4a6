package io.sessionrouter.container.api;

import io.sessionrouter.container.generation.TokenSink;
import java.util.Map;
import java.util.Optional;

/** Who waits for an answer, as the work on it sees them; for one request, used by one thread. */
interface Client {
  /** What the metrics learn about the request. */
  RequestRecord record();

  /** How they want the reply streamed; empty if they do not. */
  Optional<TokenFormat> wants(Payload asked);

  /** Where the tokens of a streamed reply go; the text collects them too. */
  TokenSink stream(TokenFormat format, Map<String, String> headers, ReplyText text);

  /** Waits until a streamed reply has left for them; at once if none was streamed. */
  void awaitDelivery() throws InterruptedException;

  /** Whether they have seen nothing of the answer; if so, they never will. */
  boolean withdraw();
}
