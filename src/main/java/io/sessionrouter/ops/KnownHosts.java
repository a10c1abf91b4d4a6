package io.sessionrouter.ops;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Locale;
import java.util.Set;

/**
 * Serves the management port by names it knows only.
 *
 * <p>A page may give its own name this router's address (DNS rebinding); then a browser takes the
 * router for that page's site, and lets it read and change everything. The name it asks for remains
 * the page's.
 */
@Singleton
final class KnownHosts {
  private static final String LOCAL = "localhost";
  private static final int MISDIRECTED = 421;

  /** Before whatever else Quarkus does with a request. */
  private static final int PRIORITY = 1000;

  private final Set<String> names;

  KnownHosts(ManagementSettings settings) {
    this.names = settings.hosts();
  }

  void guard(@Observes Filters filters) {
    filters.register(this::check, PRIORITY);
  }

  private void check(RoutingContext context) {
    String host = context.request().getHeader(HttpHeaders.HOST);
    if (host == null && context.request().authority() != null) {
      host = context.request().authority().toString();
    }
    if (host == null || isKnown(host)) {
      context.next();
    } else {
      refuse(context);
    }
  }

  /** No browser leaves the name out, and no page can make it do so. */
  boolean isKnown(String host) {
    String name = name(host).toLowerCase(Locale.ROOT);
    return isAddress(name) || name.equals(LOCAL) || names.contains(name);
  }

  private static String name(String host) {
    int colon = host.lastIndexOf(':');
    boolean port = colon >= 0 && host.indexOf(']', colon) < 0;
    return port ? host.substring(0, colon) : host;
  }

  /** Nobody can give these to somebody else. */
  private static boolean isAddress(String name) {
    return name.matches("\\[[0-9a-f:.]+]") || name.matches("\\d{1,3}(\\.\\d{1,3}){3}");
  }

  private static void refuse(RoutingContext context) {
    context
        .response()
        .setStatusCode(MISDIRECTED)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .end(
            new JsonObject()
                .put("code", "UnknownHost")
                .put(
                    "message",
                    "The Host is not one of this router's (expected: an IP address, localhost, or"
                        + " one of session-router.management.hosts).")
                .encode());
  }
}
