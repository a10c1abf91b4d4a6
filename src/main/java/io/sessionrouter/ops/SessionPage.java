package io.sessionrouter.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sessionrouter.session.SessionListing;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Some of an endpoint's live sessions.
 *
 * @param cursor asks for the next page; absent on the last
 */
@Schema(name = "SessionPage")
@JsonInclude(JsonInclude.Include.NON_NULL)
record SessionPage(List<SessionView> sessions, @Nullable String cursor) {

  static SessionPage of(SessionListing.Page page, @Nullable Duration idleTimeout) {
    return new SessionPage(
        page.sessions().stream().map(session -> SessionView.of(session, idleTimeout)).toList(),
        page.cursor());
  }
}
