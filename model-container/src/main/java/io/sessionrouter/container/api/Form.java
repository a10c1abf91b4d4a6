package io.sessionrouter.container.api;

import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.generation.Completion;
import io.sessionrouter.container.host.LoadedModel;
import java.util.Map;
import java.util.Optional;

/** How a request is read and answered; what differs between the paths that ask a model. */
interface Form {
  /**
   * Reads a body.
   *
   * @param model that is to answer
   */
  Payload read(byte[] body, LoadedModel model);

  /**
   * How the reply is streamed; empty if it is not.
   *
   * @param accept which form of answer the client prefers
   */
  Optional<TokenFormat> streamed(Payload asked, Accept accept);

  /** The answer with a whole reply. */
  Answer reply(ReplyText text, Completion completion, Map<String, String> headers);

  /** The answer if it fails. */
  Answer error(FaultException failure);
}
