package io.sessionrouter.tls;

import io.quarkus.tls.CertificateUpdatedEvent;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.sessionrouter.endpoint.EndpointCatalog;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;

/** The router's TLS as configured, towards clients and towards instances. */
@Singleton
public final class Tls {
  private final @Nullable ServerTls clients;
  private final InstanceTls instances;

  /**
   * @throws io.quarkus.runtime.configuration.ConfigurationException if a configuration that is
   *     named does not exist or cannot be used
   */
  @Inject
  public Tls(
      ServerTlsSettings settings, EndpointCatalog catalog, TlsConfigurationRegistry registry) {
    String name = settings.configurationName();
    clients = name == null ? null : ServerTls.of(name, settings.clientAuth(), registry);
    instances = InstanceTls.of(catalog, registry);
  }

  void renew(@Observes CertificateUpdatedEvent reloaded) {
    if (clients != null) {
      clients.renew(reloaded.name());
    }
    instances.renew(reloaded.name());
  }

  /** Towards clients; null if the data port speaks plain HTTP. */
  public @Nullable ServerTls clients() {
    return clients;
  }

  /** Towards instances whose URL is {@code https}. */
  public InstanceTls instances() {
    return instances;
  }
}
