package io.sessionrouter.endpoint;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Where more instances of a variant are found while the router runs. */
public sealed interface DiscoverySettings {

  /**
   * The endpoints of a Kubernetes Service.
   *
   * @param namespace null for the router's own
   * @param port a number, or the name of a port of the Service; null if it has only one
   * @param tls whether the containers speak TLS
   */
  record Kubernetes(String service, @Nullable String namespace, @Nullable String port, boolean tls)
      implements DiscoverySettings {}

  /**
   * A name in DNS.
   *
   * @param name a host name, or that of SRV records if it begins with an underscore
   * @param port 0 if SRV records give it
   * @param interval how often it is looked up
   * @param tls whether the containers speak TLS
   */
  record Dns(String name, int port, Duration interval, boolean tls) implements DiscoverySettings {

    /** Whether the name is one of SRV records. */
    public boolean isService() {
      return name.startsWith("_");
    }
  }
}
