package io.sessionrouter.fleet;

import io.quarkus.arc.Unremovable;
import io.sessionrouter.config.Keys;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;

/** Where instances are looked up, as users configure it for all endpoints. */
@ConfigMapping(prefix = Keys.ROOT)
@Unremovable
public interface DiscoveryConfig {

  /** The API server, where instances are found by a Kubernetes Service. */
  Kubernetes kubernetes();

  /** Name servers, where instances are found by a DNS name. */
  Resolver dns();

  /** Access to the Kubernetes API. */
  interface Kubernetes {

    /** URL of the API server; needed only outside the cluster. */
    Optional<String> url();

    /**
     * Directory with the files `token`, `ca.crt` and `namespace` of the router's service account.
     * The token is read again for every request, since Kubernetes renews it.
     */
    @WithDefault("/var/run/secrets/kubernetes.io/serviceaccount")
    String serviceAccount();
  }

  /** Who is asked for DNS names. */
  interface Resolver {

    /**
     * IP addresses of the name servers to ask, comma-separated, with `:port` if it is not 53; those
     * of the machine if none are given.
     */
    Optional<List<String>> servers();
  }
}
