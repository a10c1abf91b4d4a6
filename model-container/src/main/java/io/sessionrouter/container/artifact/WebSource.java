package io.sessionrouter.container.artifact;

import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * Artifacts of web servers.
 *
 * <p>It follows redirects only within one host and never from https to http: a server may move its
 * files, but not send the container to look around in its network.
 */
final class WebSource implements ArtifactSource<ArtifactUrl.Web>, AutoCloseable {
  private static final int MOST_REDIRECTS = 5;
  private static final Duration CONNECT = Duration.ofSeconds(10);

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(Redirect.NEVER)
          .connectTimeout(CONNECT)
          .build();

  @Override
  public Opened open(ArtifactUrl.Web url) throws IOException, InterruptedException {
    URI at = url.uri();
    for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      HttpResponse<InputStream> response = get(at);
      if (response.statusCode() == 200) {
        return opened(response);
      }
      response.body().close();
      at = next(at, response, url);
    }
    throw unreachable(url, "answered with more than %d redirects".formatted(MOST_REDIRECTS));
  }

  private HttpResponse<InputStream> get(URI uri) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofInputStream());
  }

  private static Opened opened(HttpResponse<InputStream> response) {
    InputStream body = response.body();
    var size = response.headers().firstValueAsLong("Content-Length");
    // Closing such a body early drops its connection, it does not read on.
    return new Opened(body, size, () -> {});
  }

  private static URI next(URI at, HttpResponse<?> response, ArtifactUrl.Web url) {
    return switch (response.statusCode()) {
      case 301, 302, 303, 307, 308 -> redirected(at, response, url);
      case 404, 410 -> throw Fault.ARTIFACT_NOT_FOUND.because("there is nothing at %s", url);
      default -> throw unreachable(url, "answered %d".formatted(response.statusCode()));
    };
  }

  private static URI redirected(URI at, HttpResponse<?> response, ArtifactUrl.Web url) {
    try {
      URI to = at.resolve(response.headers().firstValue("Location").orElse(""));
      if (safe(at, to)) {
        return ArtifactUrl.Reader.web(to).uri();
      }
    } catch (IllegalArgumentException | FaultException invalid) {
      throw unreachable(url, "answered with an invalid redirect");
    }
    throw unreachable(url, "redirects to another host, or from https to http");
  }

  private static boolean safe(URI from, URI to) {
    boolean secure = "https".equalsIgnoreCase(to.getScheme());
    boolean plain = "http".equalsIgnoreCase(to.getScheme());
    return from.getHost().equalsIgnoreCase(to.getHost())
        && (secure || (plain && "http".equalsIgnoreCase(from.getScheme())));
  }

  private static FaultException unreachable(ArtifactUrl url, String what) {
    return Fault.ARTIFACT_UNREACHABLE.because("%s %s", url, what);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
