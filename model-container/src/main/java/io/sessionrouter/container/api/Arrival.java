package io.sessionrouter.container.api;

import io.sessionrouter.container.host.LoadedModel;
import io.sessionrouter.container.session.Use;
import org.jspecify.annotations.Nullable;

/**
 * A request that has arrived whole, and its place in the line before its session. Until it is
 * closed its model stays loaded.
 *
 * @param model what is to answer it; entered
 * @param form in which it is read and answered
 * @param header its session header
 * @param body its body
 * @param use its claim on an existing session, taken at the arrival so that the order holds
 * @param client who waits for the answer
 */
@SuppressWarnings("ArrayRecordComponent") // one request, never compared
record Arrival(
    LoadedModel model,
    Form form,
    SessionHeader header,
    byte[] body,
    @Nullable Use use,
    Client client)
    implements AutoCloseable {
  @Override
  public void close() {
    if (use != null) {
      use.close();
    }
    model.leave();
  }
}
