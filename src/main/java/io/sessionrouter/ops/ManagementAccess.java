package io.sessionrouter.ops;

import io.quarkus.vertx.http.runtime.filters.Filters;
import io.sessionrouter.auth.Action;
import io.sessionrouter.auth.Authenticator;
import io.sessionrouter.auth.Caller;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.telemetry.AuditLog;
import io.sessionrouter.telemetry.AuditLog.Deed;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who sends a request to the management port, before anything is done for it. Whoever
 * shows no bearer key gets health and the login page, and nothing else. What a caller may do is
 * asked where it is done.
 */
@Singleton
final class ManagementAccess {
  /** After the name of the router was checked, before whatever else Quarkus does. */
  private static final int PRIORITY = 999;

  private static final int UNAUTHORIZED = 401;
  private static final int SEE_OTHER = 303;
  private static final String REQUEST_ID = "x-amzn-RequestId";
  private static final String BEARER = "Bearer ";

  /** What a browser needs to show the login page. */
  private static final Set<String> LOGIN =
      Set.of(
          ConsoleLogin.PAGE,
          ConsoleLogin.LOGIN,
          ConsoleLogin.LOGOUT,
          "/console/css/base.css",
          "/console/css/login.css",
          "/console/icon.svg");

  private final Authenticator authenticator;
  private final AuditLog audit;
  private final String health;
  private final String metrics;
  private final boolean openMetrics;

  ManagementAccess(
      Authenticator authenticator,
      AuditLog audit,
      ManagementSettings settings,
      @ConfigProperty(name = "quarkus.http.non-application-root-path", defaultValue = "/q")
          String root) {
    String path = root.startsWith("/") ? root : "/" + root;
    this.authenticator = authenticator;
    this.audit = audit;
    this.health = path + "/health";
    this.metrics = path + "/metrics";
    this.openMetrics = settings.openMetrics();
  }

  void guard(@Observes Filters filters) {
    filters.register(this::admit, PRIORITY);
  }

  void admit(RoutingContext context) {
    String path = context.normalizedPath();
    if (isOpen(path)) {
      context.next();
      return;
    }
    String id = UUID.randomUUID().toString();
    context.response().putHeader(REQUEST_ID, id);
    Caller caller;
    try {
      caller = authenticator.bearer(authorization(context.request(), context));
    } catch (RouterException unknown) {
      refuse(context, path, id, unknown);
      return;
    }
    ManagementCaller known = new ManagementCaller(caller, authenticator, audit, id);
    known.sent(context);
    if (path.startsWith(metrics)) {
      readMetrics(context, known);
    } else {
      context.next();
    }
  }

  /** Paths are compared as the routes compare them; whatever is written otherwise is not open. */
  boolean isOpen(String path) {
    return path.equals(health)
        || path.startsWith(health + "/")
        || LOGIN.contains(path)
        || (openMetrics && path.equals(metrics));
  }

  private static void readMetrics(RoutingContext context, ManagementCaller caller) {
    try {
      caller.require(Action.READ_METRICS, null);
    } catch (RouterException denied) {
      answer(context, denied.kind().status(), "AccessDenied", denied.text());
      return;
    }
    context.next();
  }

  /** A cookie counts only for a page of this router: other ports of this machine are one site. */
  private static @Nullable String authorization(HttpServerRequest request, RoutingContext context) {
    String header = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (header != null) {
      return header;
    }
    boolean own =
        OwnSite.sent(request::getHeader)
            || (request.method().equals(HttpMethod.GET) && OwnSite.followsLink(request::getHeader));
    String key = own ? ConsoleCookie.key(context) : null;
    return key == null ? null : BEARER + key;
  }

  private void refuse(RoutingContext context, String path, String id, RouterException why) {
    audit.refused(new Deed("", "", "management", id), why.kind().label());
    if (isPage(path) && context.request().method().equals(HttpMethod.GET)) {
      // Relative, so that it leads there behind a proxy with a path of its own, too.
      String from = path.equals("/console") ? "console/" : "";
      context
          .response()
          .setStatusCode(SEE_OTHER)
          .putHeader(HttpHeaders.LOCATION, from + "login.html")
          .end();
      return;
    }
    context.response().putHeader("WWW-Authenticate", "Bearer realm=\"session-router\"");
    answer(context, UNAUTHORIZED, ApiErrors.word(why.kind()), why.text());
  }

  private static boolean isPage(String path) {
    return path.equals("/console")
        || path.equals("/console/")
        || path.equals("/console/index.html");
  }

  private static void answer(RoutingContext context, int status, String code, String message) {
    context
        .response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .end(new JsonObject().put("code", code).put("message", message).encode());
  }
}
