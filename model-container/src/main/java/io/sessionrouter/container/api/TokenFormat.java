package io.sessionrouter.container.api;

import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.generation.Token;
import io.vertx.core.buffer.Buffer;

/** How a streamed reply is written: one piece of the body for each token. */
interface TokenFormat {
  /** The media type of the answer. */
  String contentType();

  /** Whether it reports the probability of each token. */
  boolean hasLogprobs();

  /** What is written for a token; the last one brings the end of the body. Event loop only. */
  Buffer token(Token token, ReplyText reply);

  /** What is written when the reply breaks off. */
  Buffer error(FaultException failure);
}
