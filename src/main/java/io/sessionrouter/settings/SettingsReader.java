package io.sessionrouter.settings;

import io.sessionrouter.auth.AuthConfig;
import io.sessionrouter.auth.AuthSettingsReader;
import io.sessionrouter.auth.quota.QuotaConfig;
import io.sessionrouter.auth.quota.QuotaSettingsReader;
import io.sessionrouter.config.Keys;
import io.sessionrouter.config.Problems;
import io.sessionrouter.endpoint.EndpointsConfig;
import io.sessionrouter.endpoint.EndpointsReader;
import io.sessionrouter.fleet.DiscoveryConfig;
import io.sessionrouter.fleet.KubernetesAccessReader;
import io.sessionrouter.fleet.NameServersReader;
import io.sessionrouter.gateway.DataPortConfig;
import io.sessionrouter.gateway.DataPortSettingsReader;
import io.sessionrouter.ops.DrainConfig;
import io.sessionrouter.ops.DrainSettingsReader;
import io.sessionrouter.ops.ManagementConfig;
import io.sessionrouter.ops.ManagementSettingsReader;
import io.sessionrouter.session.SessionConfig;
import io.sessionrouter.session.SessionOptionsReader;
import io.sessionrouter.telemetry.TelemetryConfig;
import io.sessionrouter.telemetry.TelemetryOptionsReader;
import io.sessionrouter.tls.ServerTlsConfig;
import io.sessionrouter.tls.ServerTlsSettingsReader;
import io.sessionrouter.upstream.UpstreamConfig;
import io.sessionrouter.upstream.UpstreamSettingsReader;
import io.smallrye.config.SmallRyeConfig;

/** Reads the parts of all rooms as one, so that users see all that is wrong at once. */
public final class SettingsReader {
  private final SmallRyeConfig config;
  private final Problems problems = new Problems();

  private SettingsReader(SmallRyeConfig config) {
    this.config = config;
  }

  /**
   * Reads the settings.
   *
   * @param config that maps all {@link Mappings}
   * @throws io.quarkus.runtime.configuration.ConfigurationException naming every wrong value
   */
  public static Settings read(SmallRyeConfig config) {
    SettingsReader reader = new SettingsReader(config);
    KnownKeys.ALL.check(config, reader.problems);
    Settings settings = reader.settings();
    OpenPorts.check(settings.auth(), settings.http(), config, reader.problems);
    reader.problems.throwIfAny();
    return settings;
  }

  private Settings settings() {
    DiscoveryConfig discovery = mapped(DiscoveryConfig.class);
    return new Settings(
        DataPortSettingsReader.read(mapped(DataPortConfig.class), problems),
        ServerTlsSettingsReader.read(mapped(ServerTlsConfig.class), problems),
        AuthSettingsReader.read(mapped(AuthConfig.class), problems),
        UpstreamSettingsReader.read(mapped(UpstreamConfig.class), problems),
        EndpointsReader.read(mapped(EndpointsConfig.class), problems),
        SessionOptionsReader.read(mapped(SessionConfig.class), problems),
        KubernetesAccessReader.read(discovery, problems),
        NameServersReader.read(discovery, problems),
        ManagementSettingsReader.read(mapped(ManagementConfig.class), problems),
        QuotaSettingsReader.read(mapped(QuotaConfig.class), problems),
        DrainSettingsReader.read(mapped(DrainConfig.class), problems),
        TelemetryOptionsReader.read(mapped(TelemetryConfig.class), problems));
  }

  private <T> T mapped(Class<T> mapping) {
    return config.getConfigMapping(mapping, Keys.ROOT);
  }
}
