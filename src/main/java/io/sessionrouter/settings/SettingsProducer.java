package io.sessionrouter.settings;

import io.quarkus.runtime.Startup;
import io.sessionrouter.auth.AuthSettings;
import io.sessionrouter.auth.quota.QuotaSettings;
import io.sessionrouter.domain.KubernetesAccess;
import io.sessionrouter.domain.NameServers;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.gateway.DataPortSettings;
import io.sessionrouter.ops.DrainSettings;
import io.sessionrouter.ops.ManagementSettings;
import io.sessionrouter.session.SessionOptions;
import io.sessionrouter.telemetry.TelemetryOptions;
import io.sessionrouter.tls.ServerTlsSettings;
import io.sessionrouter.upstream.UpstreamSettings;
import io.smallrye.config.SmallRyeConfig;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.Config;

/** Gives each room its part of the configuration, which is read and validated as a whole first. */
@Singleton
final class SettingsProducer {

  /** Made at start, before anything listens, so that a wrong value ends the start. */
  @Produces
  @Singleton
  @Startup(1)
  static Settings settings(Config config) {
    return SettingsReader.read(config.unwrap(SmallRyeConfig.class));
  }

  @Produces
  @Singleton
  static DataPortSettings dataPort(Settings settings) {
    return settings.http();
  }

  @Produces
  @Singleton
  static ServerTlsSettings serverTls(Settings settings) {
    return settings.tls();
  }

  @Produces
  @Singleton
  static AuthSettings auth(Settings settings) {
    return settings.auth();
  }

  @Produces
  @Singleton
  static UpstreamSettings upstream(Settings settings) {
    return settings.upstream();
  }

  @Produces
  @Singleton
  static EndpointCatalog catalog(Settings settings) {
    return new EndpointCatalog(settings.endpoints());
  }

  @Produces
  @Singleton
  static SessionOptions sessions(Settings settings) {
    return settings.sessions();
  }

  @Produces
  @Singleton
  static KubernetesAccess kubernetes(Settings settings) {
    return settings.kubernetes();
  }

  @Produces
  @Singleton
  static NameServers nameServers(Settings settings) {
    return settings.nameServers();
  }

  @Produces
  @Singleton
  static ManagementSettings management(Settings settings) {
    return settings.management();
  }

  @Produces
  @Singleton
  static QuotaSettings quota(Settings settings) {
    return settings.quota();
  }

  @Produces
  @Singleton
  static DrainSettings drain(Settings settings) {
    return settings.drain();
  }

  @Produces
  @Singleton
  static TelemetryOptions telemetry(Settings settings) {
    return settings.telemetry();
  }
}
