package io.sessionrouter.fleet.discovery;

import io.sessionrouter.domain.Settings;
import io.sessionrouter.domain.Settings.Discovery.Kubernetes;
import java.util.function.Function;

/** In how many namespaces an endpoint has its pods: names are unique within one only. */
final class Namespaces {
  private Namespaces() {}

  static boolean several(Settings.Endpoint endpoint, Function<Kubernetes, String> namespace) {
    return endpoint.variants().stream()
            .flatMap(variant -> variant.discoveries().stream())
            .filter(Kubernetes.class::isInstance)
            .map(discovery -> namespace.apply((Kubernetes) discovery))
            .distinct()
            .count()
        > 1;
  }
}
