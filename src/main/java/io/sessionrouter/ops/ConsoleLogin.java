package io.sessionrouter.ops;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.sessionrouter.auth.Authenticator;
import io.sessionrouter.auth.Caller;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.telemetry.AuditLog;
import io.sessionrouter.telemetry.AuditLog.Deed;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/**
 * Exchanges a bearer key for a cookie, and takes it back. The key comes in a form's body: addresses
 * are written down in too many places.
 */
@Singleton
final class ConsoleLogin {
  static final String PAGE = "/console/login.html";
  static final String LOGIN = "/console/login";
  static final String LOGOUT = "/console/logout";

  private static final int MAX_FORM = 4096;
  private static final int SEE_OTHER = 303;
  private static final int FORBIDDEN = 403;
  private static final int TOO_LARGE = 413;

  private final Authenticator authenticator;
  private final AuditLog audit;

  ConsoleLogin(Authenticator authenticator, AuditLog audit) {
    this.authenticator = authenticator;
    this.audit = audit;
  }

  void route(@Observes Router router) {
    router.post(LOGIN).handler(this::login);
    router.post(LOGOUT).handler(this::logout);
  }

  private void login(RoutingContext context) {
    HttpServerRequest request = context.request();
    if (!OwnSite.sent(request::getHeader)) {
      context.response().setStatusCode(FORBIDDEN).end();
    } else if (!isShort(request.getHeader(HttpHeaders.CONTENT_LENGTH))) {
      context.response().setStatusCode(TOO_LARGE).end();
    } else {
      request.body().onSuccess(form -> login(context, form)).onFailure(context::fail);
      request.resume(); // Quarkus lets no body come before somebody reads it
    }
  }

  /** Browsers always say how long a form is. */
  private static boolean isShort(String length) {
    try {
      return length != null && Integer.parseInt(length) <= MAX_FORM;
    } catch (NumberFormatException notANumber) {
      return false;
    }
  }

  private void login(RoutingContext context, Buffer form) {
    String key = key(form.toString(StandardCharsets.UTF_8));
    Caller caller;
    try {
      caller = authenticator.bearer("Bearer " + key);
    } catch (RouterException unknown) {
      audit.refused(deed(""), unknown.kind().label());
      lead(context, "login.html#refused");
      return;
    }
    String name = caller.principal().name();
    if (!name.isEmpty()) {
      audit.done(deed(name), "done");
      ConsoleCookie.set(context, key);
    }
    lead(context, "./");
  }

  /** What cannot be a key is one that nobody has. */
  private static String key(String form) {
    List<String> keys =
        new QueryStringDecoder(form, false).parameters().getOrDefault("key", List.of());
    String key = keys.isEmpty() ? "" : keys.getFirst().strip();
    return ConsoleCookie.isKey(key) ? key : "-";
  }

  private void logout(RoutingContext context) {
    if (!OwnSite.sent(context.request()::getHeader)) {
      context.response().setStatusCode(FORBIDDEN).end();
      return;
    }
    ConsoleCookie.clear(context);
    lead(context, "login.html");
  }

  private static Deed deed(String principal) {
    return new Deed(principal, "login", "console", UUID.randomUUID().toString());
  }

  private static void lead(RoutingContext context, String to) {
    context
        .response()
        .setStatusCode(SEE_OTHER)
        .putHeader(HttpHeaders.LOCATION, to)
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .end();
  }
}
