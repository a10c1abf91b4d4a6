package io.sessionrouter.fleet.discovery;

import io.sessionrouter.endpoint.DiscoverySettings.Kubernetes;
import io.sessionrouter.endpoint.EndpointSettings;
import java.util.function.Function;

/** In how many namespaces an endpoint has its pods: names are unique within one only. */
final class Namespaces {
  private Namespaces() {}

  static boolean several(EndpointSettings endpoint, Function<Kubernetes, String> namespace) {
    return endpoint.variants().stream()
            .flatMap(variant -> variant.discoveries().stream())
            .filter(Kubernetes.class::isInstance)
            .map(discovery -> namespace.apply((Kubernetes) discovery))
            .distinct()
            .count()
        > 1;
  }
}
