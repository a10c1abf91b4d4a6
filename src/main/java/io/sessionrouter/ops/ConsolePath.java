package io.sessionrouter.ops;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/**
 * Leads from {@code /console} to {@code /console/}, which is where the page's own paths begin; the
 * page itself is made of static resources.
 */
@Singleton
final class ConsolePath {
  private static final String WITHOUT_SLASH = "/console";
  private static final int PERMANENT = 308;

  void route(@Observes Router router) {
    router.get(WITHOUT_SLASH).handler(ConsolePath::lead);
  }

  /** Relative, so that it leads there behind a proxy with a path of its own, too. */
  private static void lead(RoutingContext context) {
    if (WITHOUT_SLASH.equals(context.request().path())) {
      context.response().setStatusCode(PERMANENT).putHeader(HttpHeaders.LOCATION, "console/").end();
    } else {
      context.next();
    }
  }
}
