package io.sessionrouter.local.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Leads a browser to pages of the router's management port and brings it the cookie of their login,
 * so that nobody has to type the key there.
 *
 * <p>This server logs in itself, with the key in a body, and passes the cookie on: cookies belong
 * to a host whatever the port, and no script and no address ever has the key.
 */
final class ManagementLogin {
  static final String CONSOLE = "/console";

  /** Where the paths of this server lead. */
  private static final Map<String, String> PAGES =
      Map.of(CONSOLE, "/console/", "/metrics", "/q/metrics");

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final RouterAccess router;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

  ManagementLogin(RouterAccess router) {
    this.router = router;
  }

  static boolean isMeant(RequestHead head) {
    return PAGES.containsKey(head.target());
  }

  Reply answer(RequestHead head) throws Refusal {
    OwnOrigin.requireOwnPage(head);
    if (!head.method().equals("GET")) {
      throw Refusal.method("GET");
    }
    Stream<String> cookies = cookies().stream().map(cookie -> "Set-Cookie: " + cookie);
    Stream<String> place = Stream.of("Location: " + place(head));
    return Reply.seeOther(Stream.concat(place, cookies).toList());
  }

  /** By the name that the browser knows this machine by, since the cookie is for that one. */
  private URI place(RequestHead head) {
    String name = head.header("host").replaceFirst(":\\d+$", "");
    String path = Objects.requireNonNull(PAGES.get(head.target()));
    return URI.create("http://" + name + ":" + router.management().getPort()).resolve(path);
  }

  /** None if the key is not valid any more: then the login page follows. */
  private List<String> cookies() throws Refusal {
    String form = "key=" + URLEncoder.encode(router.bearerKey(), UTF_8);
    HttpRequest login =
        HttpRequest.newBuilder(router.management().resolve("/console/login"))
            .timeout(PATIENCE)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form))
            .build();
    try {
      HttpResponse<Void> answer = client.send(login, BodyHandlers.discarding());
      return answer.headers().allValues("Set-Cookie");
    } catch (IOException e) {
      throw Refusal.noManagement(router.management().getAuthority());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Refusal.noManagement(router.management().getAuthority());
    }
  }

  void close() {
    client.shutdownNow();
  }
}
