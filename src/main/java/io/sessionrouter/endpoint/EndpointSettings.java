package io.sessionrouter.endpoint;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint: what clients name in the path.
 *
 * @param tlsConfigurationName in the TLS registry; whom its {@code https} instances are to be
 * @param models null if it serves a single model
 */
public record EndpointSettings(
    String name,
    List<VariantSettings> variants,
    SessionSettings sessions,
    Limits limits,
    Timeouts timeouts,
    HealthSettings health,
    String tlsConfigurationName,
    @Nullable ModelsSettings models) {

  /** An endpoint of a single model. */
  public EndpointSettings(
      String name,
      List<VariantSettings> variants,
      SessionSettings sessions,
      Limits limits,
      Timeouts timeouts,
      HealthSettings health,
      String tlsConfigurationName) {
    this(name, variants, sessions, limits, timeouts, health, tlsConfigurationName, null);
  }
}
