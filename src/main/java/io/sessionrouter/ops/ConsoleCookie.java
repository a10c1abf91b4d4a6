package io.sessionrouter.ops;

import io.netty.handler.codec.http.cookie.CookieHeaderNames.SameSite;
import io.netty.handler.codec.http.cookie.DefaultCookie;
import io.netty.handler.codec.http.cookie.ServerCookieEncoder;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The bearer key of whoever uses the console, kept by the browser where no script reads it and no
 * other site sends it.
 *
 * <p>A second cookie says only that there is one, so that the page offers to log out.
 */
final class ConsoleCookie {
  static final String NAME = "session-router-key";
  static final String HINT = "session-router-logged-in";

  /** RFC 6750, and what a cookie may hold. */
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9._~+/=-]{1,1024}");

  private ConsoleCookie() {}

  /** Whether it can be a bearer key at all. */
  static boolean isKey(String text) {
    return KEY.matcher(text).matches();
  }

  /** The key that the request brings; null if it brings none. */
  static @Nullable String key(RoutingContext request) {
    Cookie cookie = request.request().getCookie(NAME);
    String key = cookie == null ? null : cookie.getValue();
    return key != null && isKey(key) ? key : null;
  }

  static void set(RoutingContext answered, String key) {
    add(answered, NAME, key, true, io.netty.handler.codec.http.cookie.Cookie.UNDEFINED_MAX_AGE);
    add(answered, HINT, "yes", false, io.netty.handler.codec.http.cookie.Cookie.UNDEFINED_MAX_AGE);
  }

  static void clear(RoutingContext answered) {
    add(answered, NAME, "", true, 0);
    add(answered, HINT, "", false, 0);
  }

  /** For all paths: the API has the cookie as well as the page. */
  private static void add(
      RoutingContext answered, String name, String value, boolean hidden, long maxAge) {
    DefaultCookie cookie = new DefaultCookie(name, value);
    cookie.setPath("/");
    cookie.setHttpOnly(hidden);
    cookie.setSecure(answered.request().isSSL());
    cookie.setSameSite(SameSite.Strict);
    cookie.setMaxAge(maxAge);
    answered
        .response()
        .headers()
        .add(HttpHeaders.SET_COOKIE, ServerCookieEncoder.LAX.encode(cookie));
  }
}
