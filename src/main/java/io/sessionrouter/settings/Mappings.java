package io.sessionrouter.settings;

import io.sessionrouter.auth.AuthConfig;
import io.sessionrouter.auth.quota.QuotaConfig;
import io.sessionrouter.config.Keys;
import io.sessionrouter.endpoint.EndpointsConfig;
import io.sessionrouter.fleet.DiscoveryConfig;
import io.sessionrouter.gateway.DataPortConfig;
import io.sessionrouter.ops.DrainConfig;
import io.sessionrouter.ops.ManagementConfig;
import io.sessionrouter.session.SessionConfig;
import io.sessionrouter.telemetry.TelemetryConfig;
import io.sessionrouter.tls.ServerTlsConfig;
import io.sessionrouter.upstream.UpstreamConfig;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.List;

/** What users can configure: the mappings of all rooms. */
public final class Mappings {
  /**
   * All of them, in the order of docs/configuration.md.
   *
   * <p>They are looked up rather than injected, so each is {@code @Unremovable}: Quarkus maps no
   * other.
   */
  public static final List<Class<?>> ALL =
      List.of(
          DataPortConfig.class,
          ServerTlsConfig.class,
          AuthConfig.class,
          ManagementConfig.class,
          QuotaConfig.class,
          DrainConfig.class,
          UpstreamConfig.class,
          SessionConfig.class,
          DiscoveryConfig.class,
          TelemetryConfig.class,
          EndpointsConfig.class);

  private Mappings() {}

  /**
   * Lets a configuration map them; keys that are none of theirs are {@link KnownKeys}' business.
   */
  public static void addTo(SmallRyeConfigBuilder builder) {
    builder.withDefaultValue(SmallRyeConfig.SMALLRYE_CONFIG_MAPPING_VALIDATE_UNKNOWN, "false");
    ALL.forEach(mapping -> builder.withMapping(mapping, Keys.ROOT));
  }
}
