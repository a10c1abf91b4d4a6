package io.sessionrouter.domain;

import java.util.concurrent.CompletionStage;

/** Asks the container that holds a session to release its memory. */
public interface SessionCloser {

  /**
   * Sends the endpoint's close payload to the session's instance.
   *
   * @return true if the container answered that it is closed, false if it answered otherwise or the
   *     instance is gone with all it held; fails if the container did not answer, or has no time
   *     for it: it can be asked again then, and its own expiry will free the memory in the end
   */
  CompletionStage<Boolean> close(String endpoint, Session session);
}
