package io.sessionrouter.config;

import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;

/**
 * Warns of environment variables that look like the router's and set nothing.
 *
 * <p>Not an error: Kubernetes itself sets {@code SESSION_ROUTER_PORT} and the like in every pod
 * beside a service called {@code session-router}.
 */
final class EnvironmentCheck {
  private static final Logger LOG = Logger.getLogger(EnvironmentCheck.class);
  private static final List<String> PREFIXES =
      List.of(
          "SESSION_ROUTER_DNS_",
          "SESSION_ROUTER_DRAIN_",
          "SESSION_ROUTER_ENDPOINTS_",
          "SESSION_ROUTER_HTTP_",
          "SESSION_ROUTER_MANAGEMENT_",
          "SESSION_ROUTER_UPSTREAM_",
          "SESSION_ROUTER_SESSIONS_",
          "SESSION_ROUTER_KUBERNETES_");

  void onStart(@Observes StartupEvent start, Config config) {
    Set<String> unused = unused(System.getenv().keySet(), config.getPropertyNames());
    if (!unused.isEmpty()) {
      LOG.warnf("environment variables ignored: no such setting names=%s", unused);
    }
  }

  /** The variables that are the environment form of none of the properties. */
  static Set<String> unused(Set<String> variables, Iterable<String> properties) {
    Set<String> used =
        StreamSupport.stream(properties.spliterator(), false)
            .filter(property -> property.startsWith(SettingsReader.ROOT + "."))
            .map(EnvironmentCheck::variable)
            .collect(Collectors.toSet());
    return variables.stream()
        .filter(name -> PREFIXES.stream().anyMatch(name::startsWith))
        .filter(name -> !used.contains(name))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String variable(String property) {
    return property.replaceAll("[^a-zA-Z0-9]", "_").toUpperCase(Locale.ROOT);
  }
}
