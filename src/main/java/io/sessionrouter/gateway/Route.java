package io.sessionrouter.gateway;

import io.sessionrouter.domain.Session;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.models.LoadedModel;
import io.sessionrouter.session.Sessions;
import org.jspecify.annotations.Nullable;

/**
 * Where a request goes. {@link Holdings} releases the model and the slot.
 *
 * @param session the session that the request continues; null for other requests
 * @param member the instance that serves it
 * @param model the model it names, with a request begun on it; null if the endpoint has one model,
 *     or if the model is not known to be loaded
 * @param slot the place reserved for the session that it opens; null if slots are not limited
 */
record Route(
    @Nullable Session session,
    Member member,
    @Nullable LoadedModel model,
    Sessions.@Nullable Slot slot) {

  String variant() {
    return member.instance().variant();
  }

  /** The path on the container; null for the usual one. */
  @Nullable String path(Operation operation) {
    String own = operation.path();
    if (own == null) {
      return model == null ? null : model.invokePath();
    }
    return model == null ? own : model.path() + own;
  }
}
