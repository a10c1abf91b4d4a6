package io.sessionrouter.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.sessionrouter.session.EndedSession;
import io.sessionrouter.session.EndedSession.Facts;
import io.sessionrouter.telemetry.LogFields;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a session that ended; all but its hash and {@code forgottenAt} is absent if
 * a router of an older version ended it.
 *
 * @param cause why it ended, for people
 * @param instance that held its state
 * @param forgottenAt when the router forgets that it was
 * @param loggedAs what stands in logs in place of its id
 */
@RegisterForReflection
@Schema(name = "EndedSession")
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record EndedView(
    @Nullable Instant endedAt,
    @Nullable String cause,
    @Nullable String instance,
    @Nullable String variant,
    @Nullable String model,
    @Nullable Instant createdAt,
    @Nullable Instant usedAt,
    Instant forgottenAt,
    String loggedAs) {

  static EndedView of(String id, EndedSession ended) {
    Facts facts = ended.facts();
    Instant forgotten = Instant.ofEpochMilli(ended.forgottenAt());
    String hash = LogFields.hash(id);
    if (facts == null) {
      return new EndedView(null, null, null, null, null, null, null, forgotten, hash);
    }
    return new EndedView(
        Instant.ofEpochMilli(facts.endedAt()),
        cause(facts),
        facts.instance(),
        facts.variant(),
        facts.model(),
        Instant.ofEpochMilli(facts.createdAt()),
        Instant.ofEpochMilli(facts.usedAt()),
        forgotten,
        hash);
  }

  private static String cause(Facts facts) {
    return switch (facts.ending()) {
      case CLOSED -> "a client or an operator closed it";
      case EXPIRED_IDLE -> "it was not used for its idle timeout";
      case EXPIRED_ABSOLUTE -> "it reached its longest life";
      case LOST_GONE -> "nothing listened at its instance's address";
      case LOST_RESTARTED -> "its container restarted";
      case LOST_LEFT -> "its instance left the fleet";
    };
  }
}
