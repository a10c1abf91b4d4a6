package io.sessionrouter.fleet;

import io.sessionrouter.domain.Loss;
import io.sessionrouter.domain.Session;
import io.sessionrouter.endpoint.Endpoint;
import io.sessionrouter.endpoint.EndpointPhase;
import io.sessionrouter.endpoint.EndpointSettings;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The members of one endpoint, with its settings; immutable. */
public final class EndpointFleet {
  private final EndpointSettings settings;
  private final EndpointPhase phase;
  private final List<Member> members;
  private final Map<String, Member> byId;
  private final List<VariantFleet> variants;
  private final DepartedInstances departures;
  private final SnapshotValidity known;

  /** A fleet whose instances never change. */
  public EndpointFleet(EndpointSettings settings, List<Member> members) {
    this(
        new Endpoint(settings, EndpointPhase.IN_SERVICE),
        members,
        new DepartedInstances(0),
        new SnapshotValidity(SnapshotValidity.ALWAYS));
  }

  EndpointFleet(
      Endpoint endpoint,
      List<Member> members,
      DepartedInstances departures,
      SnapshotValidity known) {
    this.settings = endpoint.settings();
    this.phase = endpoint.phase();
    this.departures = departures;
    this.known = known;
    this.members = List.copyOf(members);
    this.byId =
        members.stream().collect(Collectors.toMap(m -> m.instance().id(), Function.identity()));
    this.variants =
        settings.variants().stream().map(v -> VariantFleet.of(v, this.members)).toList();
  }

  public EndpointSettings settings() {
    return settings;
  }

  /** Whether it takes new work, or only answers for the sessions that it has. */
  public EndpointPhase phase() {
    return phase;
  }

  public List<Member> members() {
    return members;
  }

  /** The member with this instance id, or null if it left the fleet. */
  public @Nullable Member member(String instanceId) {
    return byId.get(instanceId);
  }

  /** What became of the session's state, as far as this replica knows. */
  public StateVerdict verdict(Session session) {
    Member holder = member(session.instance());
    SnapshotValidity.Until until = known.until(session.variant());
    return holder == null
        ? departures.verdict(session, until.all())
        : holder.verdict(session, until.here());
  }

  /** Whether the session's state is certainly not there any more. */
  public boolean lost(Session session) {
    return verdict(session) == StateVerdict.LOST;
  }

  /**
   * Whether an answer proves that the session's state is gone.
   *
   * @param boot that gave the answer, to a request that was sent after the session was stored
   */
  public boolean outlived(Session session, String boot) {
    Member holder = member(session.instance());
    return holder != null && holder.outlived(session, boot, known.until(session.variant()).here());
  }

  /** How a session that is {@link #lost} was lost. */
  public Loss cause(Session lost) {
    Member holder = member(lost.instance());
    if (holder == null) {
      return Loss.LEFT;
    }
    return holder.health().state() == Health.State.GONE ? Loss.GONE : Loss.RESTARTED;
  }

  /** The instances that left, as long as sessions of theirs may be remembered somewhere. */
  public List<DepartedInstance> departed() {
    return departures.all().stream().map(d -> new DepartedInstance(d.instance(), d.at())).toList();
  }

  /** Whether every source of instances has reported what it has. */
  public boolean complete() {
    return settings.variants().stream().allMatch(v -> known.until(v.name()).here() > 0);
  }

  DepartedInstances departures() {
    return departures;
  }

  SnapshotValidity known() {
    return known;
  }

  /** The members grouped by the variants of the settings, in their order. */
  List<VariantFleet> variants() {
    return variants;
  }
}
