package io.sessionrouter.settings;

import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.config.Keys;
import jakarta.enterprise.event.Observes;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
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
  private static final String PREFIX = variable(Keys.ROOT) + '_';

  /** What Kubernetes sets for a service whose name begins like the router's settings. */
  private static final Pattern OF_A_SERVICE =
      Pattern.compile(".*(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT_\\d+_(TCP|UDP|SCTP)(_.+)?)");

  private static final Pattern OF_OUR_SERVICE = Pattern.compile(PREFIX + "PORT");

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
            .filter(property -> property.startsWith(Keys.ROOT + "."))
            .map(EnvironmentCheck::variable)
            .collect(Collectors.toSet());
    return variables.stream()
        .filter(name -> name.startsWith(PREFIX))
        .filter(name -> !OF_A_SERVICE.matcher(name).matches())
        .filter(name -> !OF_OUR_SERVICE.matcher(name).matches())
        .filter(name -> !used.contains(name))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String variable(String property) {
    return property.replaceAll("[^a-zA-Z0-9]", "_").toUpperCase(Locale.ROOT);
  }
}
