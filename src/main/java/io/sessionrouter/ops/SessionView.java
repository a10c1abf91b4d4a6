package io.sessionrouter.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sessionrouter.domain.Session;
import io.sessionrouter.session.LastTokens;
import io.sessionrouter.telemetry.LogFields;
import java.time.Duration;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A live session as operators see it; what does not apply is left out.
 *
 * @param instance that holds its state
 * @param owner the principal that opened it
 * @param expiresAt its end, however much it is used
 * @param usedAt the last use that was written down
 * @param idleExpiresAt its end if it is not used again; absent if the endpoint's sessions do not
 *     end by being idle
 * @param context what the container said of it in the session's last answer through this replica;
 *     absent if it said nothing
 * @param loggedAs what stands in logs in place of its id
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
    Instant usedAt,
    @Nullable Instant idleExpiresAt,
    @Nullable Context context,
    String loggedAs) {

  /**
   * What an answer was made for.
   *
   * @param tokens of it
   * @param cachedTokens of these, the ones that the container did not compute again
   */
  @Schema(name = "Context")
  record Context(long tokens, long cachedTokens) {

    static Context of(LastTokens.Tokens last) {
      return new Context(last.prompt(), last.cached());
    }
  }

  static SessionView of(
      Session session, @Nullable Duration idleTimeout, LastTokens.@Nullable Tokens last) {
    return new SessionView(
        session.id(),
        session.instance(),
        session.variant(),
        session.model(),
        session.owner(),
        Instant.ofEpochMilli(session.createdAt()),
        Instant.ofEpochMilli(session.expiresAt()),
        Instant.ofEpochMilli(session.usedAt()),
        idleTimeout == null ? null : Instant.ofEpochMilli(session.deadline(idleTimeout)),
        last == null ? null : Context.of(last),
        LogFields.hash(session.id()));
  }
}
