package io.sessionrouter.fleet;

import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.telemetry.FleetMeters;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The ejections of all variants; each begins with the first request that fails. */
final class EndpointEjections {
  private final FleetMeters meters;
  private final Map<String, Map<String, Ejections>> byVariant = new ConcurrentHashMap<>();

  EndpointEjections(FleetMeters meters) {
    this.meters = meters;
  }

  /** Those of the variant; null if none of its requests failed yet. Asked for every answer. */
  @Nullable Ejections known(String endpoint, String variant) {
    Map<String, Ejections> ofEndpoint = byVariant.get(endpoint);
    return ofEndpoint == null ? null : ofEndpoint.get(variant);
  }

  /** Those of the variant, which begin now if there are none. */
  Ejections of(EndpointSettings settings, String variant) {
    return byVariant
        .computeIfAbsent(settings.name(), e -> new ConcurrentHashMap<>())
        .computeIfAbsent(variant, v -> new Ejections(settings.health().ejection(), meters));
  }

  /** From now on these settings apply. */
  void settings(EndpointSettings now) {
    byVariant
        .getOrDefault(now.name(), Map.of())
        .values()
        .forEach(ejections -> ejections.settings(now.health().ejection()));
  }

  void forget(String endpoint) {
    byVariant.remove(endpoint);
  }
}
