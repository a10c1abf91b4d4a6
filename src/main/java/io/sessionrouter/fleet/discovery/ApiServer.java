package io.sessionrouter.fleet.discovery;

import io.sessionrouter.domain.KubernetesAccess;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** The Kubernetes API server, and the credentials for it. */
final class ApiServer {
  private static final int CONNECT_MILLIS = 5_000;
  private static final int HTTPS = 443;
  private static final int HTTP = 80;

  private final Vertx vertx;
  private final String host;
  private final int port;
  private final boolean tls;
  private final Path account;

  private ApiServer(Vertx vertx, String host, int port, boolean tls, Path account) {
    this.vertx = vertx;
    this.host = host;
    this.port = port;
    this.tls = tls;
    this.account = account;
  }

  /**
   * @param environment where Kubernetes gives pods the address of its API
   * @throws IllegalStateException if no address is known
   */
  static ApiServer of(Vertx vertx, KubernetesAccess access, Map<String, String> environment) {
    URI url = access.url();
    if (url != null) {
      boolean tls = "https".equals(url.getScheme());
      int port = url.getPort() >= 0 ? url.getPort() : tls ? HTTPS : HTTP;
      return new ApiServer(vertx, bare(url.getHost()), port, tls, access.serviceAccount());
    }
    String host = environment.get("KUBERNETES_SERVICE_HOST");
    String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", String.valueOf(HTTPS));
    if (host == null || host.isEmpty() || !port.matches("[0-9]{1,5}")) {
      throw new IllegalStateException(
          "session-router.kubernetes.url: none (expected: the API server's URL, as"
              + " KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT do not give it)");
    }
    return new ApiServer(vertx, bare(host), Integer.parseInt(port), true, access.serviceAccount());
  }

  /** A client with the present CA. It is not shared, so that a broken one can be thrown away. */
  HttpClient newClient() {
    HttpClientOptions options =
        new HttpClientOptions()
            .setSsl(tls)
            .setConnectTimeout(CONNECT_MILLIS)
            .setMaxPoolSize(2)
            .setKeepAlive(true);
    if (tls) {
      options.setTrustOptions(
          new PemTrustOptions().addCertPath(account.resolve("ca.crt").toString()));
    }
    return vertx.createHttpClient(options);
  }

  /** A request with the present token: Kubernetes renews it about every hour. */
  Future<RequestOptions> get(String uri) {
    String file = account.resolve("token").toString();
    return vertx
        .fileSystem()
        .readFile(file)
        .recover(why -> Future.failedFuture(ApiFailure.withoutToken(file)))
        .map(token -> authorized(uri, token));
  }

  private RequestOptions authorized(String uri, Buffer token) {
    String bearer = token.toString(StandardCharsets.UTF_8).strip();
    return new RequestOptions()
        .setMethod(HttpMethod.GET)
        .setHost(host)
        .setPort(port)
        .setSsl(tls)
        .setURI(uri)
        .putHeader("Accept", "application/json")
        .putHeader("User-Agent", "session-router")
        .putHeader("Authorization", "Bearer " + bearer);
  }

  private static String bare(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }
}
