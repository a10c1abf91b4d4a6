package io.sessionrouter.config;

import io.quarkus.runtime.Startup;
import io.sessionrouter.domain.KubernetesAccess;
import io.sessionrouter.domain.NameServers;
import io.sessionrouter.domain.Settings;
import io.sessionrouter.session.SessionOptions;
import io.sessionrouter.telemetry.TelemetryOptions;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/** Hands the validated configuration to the rooms. */
@Singleton
final class SettingsProducer {

  /** Made at start, before anything listens, so that a wrong value ends the start. */
  @Produces
  @Singleton
  @Startup(1)
  static Settings settings(RouterConfig config) {
    return SettingsReader.read(config);
  }

  /**
   * How discovery reaches Kubernetes.
   *
   * @param checked as below
   */
  @Produces
  @Singleton
  static KubernetesAccess kubernetes(RouterConfig config, Settings checked) {
    return new KubernetesAccess(
        config.kubernetes().url().map(InstanceUrl::parse).orElse(null),
        Path.of(config.kubernetes().serviceAccount()));
  }

  /**
   * Whom discovery asks for DNS names.
   *
   * @param checked so that wrong values are reported with all others first
   */
  @Produces
  @Singleton
  static NameServers nameServers(RouterConfig config, Settings checked) {
    return new NameServers(
        config.dns().servers().orElse(List.of()).stream()
            .map(ServerAddress::parse)
            .filter(Objects::nonNull)
            .toList());
  }

  /**
   * Who may call the management port.
   *
   * @param checked so that wrong values are reported with all others first
   */
  @Produces
  @Singleton
  static Settings.Management management(RouterConfig config, Settings checked) {
    return new Settings.Management(
        config.management().hosts().orElse(List.of()).stream()
            .map(host -> host.strip().toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet()));
  }

  /**
   * How the router ends.
   *
   * @param checked so that wrong values are reported with all others first
   */
  @Produces
  @Singleton
  static Settings.Drain drain(RouterConfig config, Settings checked) {
    return new Settings.Drain(config.drain().delay(), config.drain().timeout());
  }

  /**
   * The session room's own options.
   *
   * @param checked so that wrong values are reported with all others first
   */
  @Produces
  @Singleton
  static SessionOptions sessionOptions(RouterConfig config, Settings checked) {
    return SessionOptions.DEFAULTS
        .withNearCacheSize(config.sessions().nearCacheSize())
        .withCommandTimeout(config.sessions().storeTimeout());
  }

  /**
   * What is told of requests beside metrics.
   *
   * @param checked so that wrong values are reported with all others first
   */
  @Produces
  @Singleton
  static TelemetryOptions telemetryOptions(RouterConfig config, Settings checked) {
    return new TelemetryOptions(
        config.accessLog(),
        CollectorUrl.read(config.tracing().collector()),
        config.tracing().sampleRatio());
  }
}
