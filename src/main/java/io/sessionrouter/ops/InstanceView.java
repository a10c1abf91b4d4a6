package io.sessionrouter.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.fleet.DrainReason;
import io.sessionrouter.fleet.Health;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.models.ModelStatus;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * An instance as this replica of the router sees it.
 *
 * @param name of its container, or of its pod if that is its id; absent if it has none
 * @param draining why it gets no new work whatever its health; empty if it is not draining
 * @param reportsBootId whether a restart can be distinguished from a short break
 * @param sessions bound to it, of all replicas
 * @param inFlight requests this replica has in flight on it
 * @param waitingSince since when none of those that wait for an answer got one; absent if none
 *     waits
 * @param failures in a row, of checks and requests
 * @param missedChecks in a row
 * @param checksAllowed so many missed checks make it unhealthy
 * @param lastFailure why the latest of them failed; absent if there are none
 * @param since when its state began, absent before the first change
 * @param models loaded or being loaded there, as far as this replica knows; absent if the endpoint
 *     serves one model only
 */
@Schema(name = "Instance")
@JsonInclude(JsonInclude.Include.NON_NULL)
record InstanceView(
    String id,
    @Nullable String name,
    String variant,
    String address,
    InstanceState state,
    Set<DrainReason> draining,
    boolean reportsBootId,
    int sessions,
    int inFlight,
    @Nullable Instant waitingSince,
    int failures,
    int missedChecks,
    int checksAllowed,
    @Nullable String lastFailure,
    @Nullable Instant since,
    @Nullable List<ModelView> models) {

  /**
   * A model on the instance.
   *
   * @param name as clients name it
   * @param inFlight requests this replica has under way on it
   * @param since when it was last used here or first seen, or when its load began
   */
  @Schema(name = "Model")
  record ModelView(String name, ModelStatus.State state, int inFlight, Instant since) {

    static ModelView of(ModelStatus model) {
      return new ModelView(
          model.name(), model.state(), model.inFlight(), Instant.ofEpochMilli(model.since()));
    }
  }

  /**
   * @param models null if the endpoint serves one model only
   */
  static InstanceView of(Member member, int sessions, @Nullable List<ModelStatus> models) {
    Instance instance = member.instance();
    Health health = member.health();
    Set<DrainReason> draining = member.drainReasons();
    return new InstanceView(
        instance.id(),
        name(member),
        instance.variant(),
        (instance.tls() ? "https://" : "http://") + instance.authority(),
        InstanceState.of(health, draining),
        draining,
        !health.bootId().isEmpty(),
        sessions,
        member.inFlight(),
        instant(member.waitingSince()),
        health.failures(),
        health.failedChecks(),
        Health.FAILURE_THRESHOLD,
        failing(health) && !member.lastFailure().isEmpty() ? member.lastFailure() : null,
        instant(Math.max(health.since(), member.drainChangedAt())),
        models == null ? null : models.stream().map(ModelView::of).toList());
  }

  /** What people call it. */
  String shownName() {
    return name == null ? id : name;
  }

  /** An id that is no address is a pod's name. */
  private static @Nullable String name(Member member) {
    Instance instance = member.instance();
    boolean named = !instance.id().equals(instance.authority());
    return named ? instance.id() : member.name().isEmpty() ? null : member.name();
  }

  private static boolean failing(Health health) {
    return health.failures() > 0
        || health.state() == Health.State.UNHEALTHY
        || health.state() == Health.State.GONE;
  }

  private static @Nullable Instant instant(long millis) {
    return millis == 0 ? null : Instant.ofEpochMilli(millis);
  }
}
