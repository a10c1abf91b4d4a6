package io.sessionrouter.domain;

import java.util.concurrent.CompletionStage;

/** Tells the container that holds a session to give its memory back. */
public interface SessionCloser {

  /**
   * Sends the endpoint's close payload to the session's instance.
   *
   * @return true if the container answered that it is closed, false if the instance is gone or did
   *     not answer (its own expiry will free the memory then); never fails
   */
  CompletionStage<Boolean> close(String endpoint, Session session);
}
