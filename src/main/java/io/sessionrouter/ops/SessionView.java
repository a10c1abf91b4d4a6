package io.sessionrouter.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sessionrouter.domain.Session;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A live session as operators see it; what does not apply is left out.
 *
 * @param instance that holds its state
 * @param owner the principal that opened it
 * @param expiresAt its end, however much it is used
 * @param usedAt the last use that was written down
 */
@Schema(name = "Session")
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record SessionView(
    String id,
    String instance,
    String variant,
    String model,
    String owner,
    Instant createdAt,
    Instant expiresAt,
    Instant usedAt) {

  static SessionView of(Session session) {
    return new SessionView(
        session.id(),
        session.instance(),
        session.variant(),
        session.model(),
        session.owner(),
        Instant.ofEpochMilli(session.createdAt()),
        Instant.ofEpochMilli(session.expiresAt()),
        Instant.ofEpochMilli(session.usedAt()));
  }
}
