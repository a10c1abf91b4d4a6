package io.sessionrouter.fleet;

import io.sessionrouter.domain.Settings;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The members of one endpoint, with its settings; immutable. */
public final class EndpointFleet {
  private final Settings.Endpoint settings;
  private final List<Member> members;
  private final Map<String, Member> byId;
  private final List<VariantFleet> variants;

  public EndpointFleet(Settings.Endpoint settings, List<Member> members) {
    this.settings = settings;
    this.members = List.copyOf(members);
    this.byId =
        members.stream().collect(Collectors.toMap(m -> m.instance().id(), Function.identity()));
    this.variants =
        settings.variants().stream().map(v -> VariantFleet.of(v, this.members)).toList();
  }

  public Settings.Endpoint settings() {
    return settings;
  }

  public List<Member> members() {
    return members;
  }

  /** The member with this instance id, or null if it left the fleet. */
  public @Nullable Member member(String instanceId) {
    return byId.get(instanceId);
  }

  /** The members grouped by the variants of the settings, in their order. */
  List<VariantFleet> variants() {
    return variants;
  }
}
