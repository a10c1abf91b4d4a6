package io.sessionrouter.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.SessionSettings;
import io.sessionrouter.endpoint.VariantSettings;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Member;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint as operators see it.
 *
 * @param phase {@code in_service}, {@code retired} or {@code deleted}
 */
@Schema(name = "Endpoint")
record EndpointView(String name, String phase, List<VariantView> variants, SessionRules sessions) {

  static EndpointView of(EndpointFleet endpoint) {
    EndpointSettings settings = endpoint.settings();
    return new EndpointView(
        settings.name(),
        endpoint.phase().name().toLowerCase(Locale.ROOT),
        settings.variants().stream().map(v -> VariantView.of(v, endpoint)).toList(),
        SessionRules.of(settings.sessions()));
  }

  /**
   * A variant, and how many of its instances may get new work.
   *
   * @param weight share of new work, relative to the other variants'
   */
  @Schema(name = "Variant")
  record VariantView(String name, Number weight, long instances, long healthy) {

    static VariantView of(VariantSettings variant, EndpointFleet endpoint) {
      List<Member> members =
          endpoint.members().stream()
              .filter(m -> m.instance().variant().equals(variant.name()))
              .toList();
      long healthy = members.stream().filter(Member::placeable).count();
      return new VariantView(variant.name(), shown(variant.weight()), members.size(), healthy);
    }
  }

  /** Whole numbers without a fraction, as people write them. */
  private static Number shown(double weight) {
    return weight == Math.rint(weight) ? (Number) (long) weight : (Number) weight;
  }

  /** What applies to the endpoint's sessions; what is not set is left out. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @Schema(name = "SessionRules")
  record SessionRules(
      Duration maxTtl, @Nullable Duration idleTimeout, @Nullable Integer maxPerInstance) {

    static SessionRules of(SessionSettings sessions) {
      return new SessionRules(sessions.maxTtl(), sessions.idleTimeout(), sessions.maxPerInstance());
    }
  }
}
