package io.sessionrouter.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.fleet.Health;
import io.sessionrouter.fleet.Member;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * An instance as this replica of the router sees it.
 *
 * @param tellsBootId whether a restart can be told from a short break
 * @param sessions bound to it, of all replicas
 * @param inFlight requests this replica has under way on it
 * @param failures in a row, of checks and requests
 * @param since when its state began, absent before the first change
 */
@Schema(name = "Instance")
@JsonInclude(JsonInclude.Include.NON_NULL)
record InstanceView(
    String id,
    String variant,
    String address,
    Health.State state,
    boolean tellsBootId,
    int sessions,
    int inFlight,
    int failures,
    @Nullable Instant since) {

  static InstanceView of(Member member, int sessions) {
    Instance instance = member.instance();
    Health health = member.health();
    return new InstanceView(
        instance.id(),
        instance.variant(),
        (instance.tls() ? "https://" : "http://") + instance.authority(),
        health.state(),
        !health.epoch().isEmpty(),
        sessions,
        member.inFlight(),
        health.failures(),
        health.since() == 0 ? null : Instant.ofEpochMilli(health.since()));
  }
}
