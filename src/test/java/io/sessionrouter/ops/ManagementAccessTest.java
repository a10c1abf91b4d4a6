package io.sessionrouter.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.auth.Action;
import io.sessionrouter.auth.Authenticator;
import io.sessionrouter.auth.Authenticators;
import io.sessionrouter.auth.Principals;
import io.sessionrouter.auth.PrincipalsFile;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.telemetry.AuditLog;
import io.sessionrouter.testing.LogLines;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in at the management port, over real HTTP. */
class ManagementAccessTest {
  private static final String OPERATOR = "sr-operator-key";
  private static final String NOTEBOOK = "sr-notebook-key";
  private static Vertx vertx;
  private static HttpClient client;

  private final LogLines audit = new LogLines("io.sessionrouter.audit");
  private HttpServer server;

  @BeforeAll
  static void begin() {
    vertx = Vertx.vertx();
    client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
  }

  @AfterAll
  static void end() throws Exception {
    client.close();
    vertx.close().toCompletionStage().toCompletableFuture().get(9, TimeUnit.SECONDS);
  }

  @BeforeEach
  void listen() {
    serve(known(), false);
  }

  @AfterEach
  void leave() throws Exception {
    audit.close();
    stop();
  }

  private void stop() throws Exception {
    server.close().toCompletionStage().toCompletableFuture().get(9, TimeUnit.SECONDS);
  }

  private void serve(Authenticator authenticator, boolean openMetrics) {
    AuditLog log = new AuditLog();
    ManagementSettings settings = new ManagementSettings(openMetrics, Set.of());
    ManagementAccess access = new ManagementAccess(authenticator, log, settings, "/q");
    Router router = Router.router(vertx);
    router.route().handler(access::admit);
    new ConsoleLogin(authenticator, log).route(router);
    router.route().handler(ManagementAccessTest::answer);
    try {
      server =
          vertx
              .createHttpServer()
              .requestHandler(router)
              .listen(0, "127.0.0.1")
              .toCompletionStage()
              .toCompletableFuture()
              .get(9, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** Stands for all that Quarkus serves: says for whom sessions would be looked up. */
  private static void answer(RoutingContext context) {
    if (context.normalizedPath().startsWith("/v1/drain/")) {
      String endpoint = context.normalizedPath().substring(10);
      try {
        ManagementCaller.of(context).require(Action.DRAIN, endpoint);
      } catch (RouterException denied) {
        context.response().setStatusCode(denied.kind().status()).end(denied.text());
        return;
      }
    }
    boolean admitted = context.normalizedPath().startsWith("/v1/");
    context
        .response()
        .end(admitted ? ManagementCaller.of(context).asker("chat").toString() : "served");
  }

  private static Authenticator known() {
    Principals principals =
        PrincipalsFile.parse(
            """
            {"principals": [
              {"name": "operator", "bearerKeys": [{"sha256": "%s"}],
               "allow": [{"actions": ["router:*"], "endpoints": ["*"]}]},
              {"name": "notebook", "bearerKeys": [{"sha256": "%s"}],
               "allow": [{"actions": ["router:ReadSessions"], "endpoints": ["chat"]}]}]}\
            """
                .formatted(hash(OPERATOR), hash(NOTEBOOK)));
    return Authenticators.known(() -> principals, "us-east-1", InstantSource.system());
  }

  private static String hash(String key) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha256.digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (java.security.NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    return send(request(path, headers));
  }

  private HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + path));
    return headers.length == 0 ? request : request.headers(headers);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> login(String form, String... headers) throws Exception {
    return send(request("/console/login", headers).POST(HttpRequest.BodyPublishers.ofString(form)));
  }

  private static String bearer(String key) {
    return "Bearer " + key;
  }

  private static String cookie(String key) {
    return ConsoleCookie.NAME + "=" + key;
  }

  // Keys

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/q/health/live",
        "/q/health/ready",
        "/q/health",
        "/console/login.html",
        "/console/css/login.css",
        "/console/css/base.css",
        "/console/icon.svg"
      })
  void healthAndTheLoginPageNeedNoKey(String path) throws Exception {
    assertThat(get(path).statusCode()).isEqualTo(200);
    assertThat(audit.lines()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/endpoints",
        "/v1/live",
        "/q/metrics",
        "/q/openapi",
        "/q/healthy",
        "/q/health/../metrics",
        "/q/dev",
        "/console/js/main.js",
        "/console/login.html/../js/main.js",
        "/",
        "//q/metrics",
        "/v1/li%76e",
        "/nope"
      })
  void allElseDoes(String path) throws Exception {
    HttpResponse<String> answer = get(path);

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate")).isPresent();
    assertThat(answer.body()).contains("\"code\":\"MissingCredentials\"");
  }

  @Test
  void aKeyGetsIn() throws Exception {
    assertThat(get("/v1/x", "Authorization", bearer(NOTEBOOK)).body())
        .isEqualTo("Asker[owner=notebook, any=false]");
    assertThat(get("/v1/x", "Authorization", bearer(OPERATOR)).body())
        .isEqualTo("Asker[owner=operator, any=true]");
    assertThat(audit.lines()).isEmpty();
  }

  @Test
  void anotherKeyDoesNot() throws Exception {
    HttpResponse<String> answer = get("/v1/x", "Authorization", bearer("sr-nobodys"));

    assertThat(answer.statusCode()).isEqualTo(401);
    String id = answer.headers().firstValue("x-amzn-RequestId").orElseThrow();
    assertThat(audit.lines())
        .containsExactly("INFO audit object=management request=" + id + " outcome=unknown_key");
  }

  @Test
  void noKeyIsEverInTheLog() throws Exception {
    get("/v1/x?key=sr-secret", "Authorization", bearer("sr-secret"));
    get("/v1/x", "Cookie", cookie("sr-secret"));
    login("key=sr-secret");

    assertThat(audit.lines()).hasSize(3).noneMatch(line -> line.contains("sr-secret"));
  }

  @Test
  void aKeyInTheAddressIsNone() throws Exception {
    assertThat(get("/v1/x?key=" + OPERATOR).statusCode()).isEqualTo(401);
    assertThat(
            send(request("/console/login?key=" + OPERATOR)
                    .POST(HttpRequest.BodyPublishers.ofString("x=y")))
                .headers()
                .firstValue("Set-Cookie"))
        .isEmpty();
  }

  @Test
  void withoutAuthenticationAllIsOpen() throws Exception {
    stop();
    serve(Authenticators.none(), false);

    assertThat(get("/v1/x").body()).isEqualTo("Asker[owner=, any=true]");
    assertThat(get("/q/metrics").statusCode()).isEqualTo(200);
    assertThat(get("/console/").statusCode()).isEqualTo(200);
    assertThat(get("/v1/drain/chat").statusCode()).isEqualTo(200);
  }

  // Grants

  @Test
  void whatNoGrantAllowsIsDeniedAndWrittenDown() throws Exception {
    HttpResponse<String> denied = get("/v1/drain/chat", "Authorization", bearer(NOTEBOOK));

    assertThat(denied.statusCode()).isEqualTo(403);
    assertThat(denied.body()).contains("user/notebook").contains("router:Drain");
    String id = denied.headers().firstValue("x-amzn-RequestId").orElseThrow();
    assertThat(audit.lines())
        .containsExactly(
            "INFO audit principal=notebook action=router:Drain object=endpoint/chat request="
                + id
                + " outcome=access_denied");
    assertThat(get("/v1/drain/chat", "Authorization", bearer(OPERATOR)).statusCode())
        .isEqualTo(200);
  }

  @Test
  void metricsNeedTheirGrant() throws Exception {
    assertThat(get("/q/metrics", "Authorization", bearer(OPERATOR)).statusCode()).isEqualTo(200);
    assertThat(get("/q/metrics", "Authorization", bearer(NOTEBOOK)).statusCode()).isEqualTo(403);
  }

  @Test
  void metricsMayBeOpen() throws Exception {
    stop();
    serve(known(), true);

    assertThat(get("/q/metrics").statusCode()).isEqualTo(200);
    assertThat(get("/v1/x").statusCode()).isEqualTo(401);
  }

  // The console

  @ParameterizedTest
  @ValueSource(strings = {"/console/", "/console/index.html"})
  void thePageLeadsToTheLogin(String path) throws Exception {
    HttpResponse<String> answer = get(path);

    assertThat(answer.statusCode()).isEqualTo(303);
    assertThat(answer.headers().firstValue("Location")).contains("login.html");
  }

  @Test
  void soDoesItsFolder() throws Exception {
    assertThat(get("/console").headers().firstValue("Location")).contains("console/login.html");
  }

  @Test
  void aLoginIsACookieThatNoScriptReadsAndNoOtherSiteSends() throws Exception {
    HttpResponse<String> answer = login("key=" + OPERATOR);

    assertThat(answer.statusCode()).isEqualTo(303);
    assertThat(answer.headers().firstValue("Location")).contains("./");
    List<String> cookies = answer.headers().allValues("Set-Cookie");
    assertThat(cookies.getFirst())
        .startsWith(cookie(OPERATOR) + ";")
        .contains("Path=/")
        .contains("HTTPOnly")
        .contains("SameSite=Strict")
        .doesNotContain("Max-Age");
    assertThat(cookies.get(1)).startsWith(ConsoleCookie.HINT + "=yes;").doesNotContain(OPERATOR);
    assertThat(get("/v1/x", "Cookie", cookie(OPERATOR)).body()).contains("owner=operator");
    assertThat(audit.lines()).hasSize(1);
    assertThat(audit.lines().getFirst()).contains("principal=operator action=login object=console");
  }

  @Test
  void aKeyNobodyHasLeadsBackToTheLogin() throws Exception {
    HttpResponse<String> answer = login("key=nobodys");

    assertThat(answer.headers().firstValue("Location")).contains("login.html#refused");
    assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
    assertThat(audit.lines().getFirst()).contains("action=login").contains("outcome=unknown_key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "key=", "key", "other=x", "key=%0d%0aSet-Cookie:x", "key=a%20b"})
  void whatIsNoKeyIsRefusedAlike(String form) throws Exception {
    assertThat(login(form).headers().firstValue("Location")).contains("login.html#refused");
  }

  @Test
  void aFormTooLargeIsNotRead() throws Exception {
    assertThat(login("key=" + "x".repeat(5000)).statusCode()).isEqualTo(413);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cross-site", "same-site"})
  void anotherSiteLogsNobodyInOrOut(String site) throws Exception {
    assertThat(login("key=" + OPERATOR, "Sec-Fetch-Site", site).statusCode()).isEqualTo(403);
    assertThat(
            send(request("/console/logout", "Sec-Fetch-Site", site)
                    .POST(HttpRequest.BodyPublishers.noBody()))
                .statusCode())
        .isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cross-site", "same-site"})
  void theCookieOfAnotherSitesRequestDoesNotCount(String site) throws Exception {
    assertThat(get("/v1/x", "Cookie", cookie(OPERATOR), "Sec-Fetch-Site", site).statusCode())
        .isEqualTo(401);
    HttpRequest.Builder change =
        request(
            "/v1/drain/chat",
            "Cookie",
            cookie(OPERATOR),
            "Sec-Fetch-Site",
            site,
            "Sec-Fetch-Mode",
            "navigate");
    assertThat(send(change.POST(HttpRequest.BodyPublishers.noBody())).statusCode()).isEqualTo(401);
  }

  @Test
  void aLinkFromElsewhereFindsTheUserLoggedIn() throws Exception {
    HttpResponse<String> answer =
        get(
            "/console/",
            "Cookie",
            cookie(OPERATOR),
            "Sec-Fetch-Site",
            "same-site",
            "Sec-Fetch-Mode",
            "navigate");

    assertThat(answer.statusCode()).isEqualTo(200);
  }

  @Test
  void aHeaderGoesBeforeTheCookie() throws Exception {
    assertThat(
            get("/v1/x", "Cookie", cookie(OPERATOR), "Authorization", bearer("nobodys"))
                .statusCode())
        .isEqualTo(401);
  }

  @Test
  void aLogoutTakesTheCookieBack() throws Exception {
    HttpResponse<String> answer =
        send(
            request("/console/logout", "Cookie", cookie(OPERATOR))
                .POST(HttpRequest.BodyPublishers.noBody()));

    assertThat(answer.headers().firstValue("Location")).contains("login.html");
    assertThat(answer.headers().allValues("Set-Cookie"))
        .hasSize(2)
        .allMatch(cookie -> cookie.contains("Max-Age=0"));
  }

  @Test
  void withoutAuthenticationALoginKeepsNothing() throws Exception {
    stop();
    serve(Authenticators.none(), false);

    HttpResponse<String> answer = login("key=anything");

    assertThat(answer.headers().firstValue("Location")).contains("./");
    assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
  }
}
