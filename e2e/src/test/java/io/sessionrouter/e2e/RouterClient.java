package io.sessionrouter.e2e;

import io.sessionrouter.local.Calls;
import io.sessionrouter.local.RouterPlan;
import io.sessionrouter.local.Service;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Speaks plain HTTP to one router, as curl would. */
final class RouterClient {
  /** In words that the bundled model knows; it answers with the name only if it remembers. */
  static final String FACTS = Calls.FACTS;

  static final String QUESTION = Calls.QUESTION;
  static final String REMEMBERED = "Zorro";

  private static final String STREAMED_QUESTION =
      "{\"inputs\":\"" + QUESTION + "\",\"stream\":true}";
  private static final String SESSION = "X-Amzn-SageMaker-Session-Id";
  private static final String TARGET_MODEL = "X-Amzn-SageMaker-Target-Model";

  /** The text in the events; a refusal has none. */
  private static final BodyHandler<String> EVENTS =
      head ->
          head.statusCode() == 200
              ? BodySubscribers.mapping(BodySubscribers.ofByteArray(), RouterClient::payload)
              : BodySubscribers.ofString(StandardCharsets.UTF_8);

  private static final Duration PATIENCE = Duration.ofSeconds(70);

  private final RouterPlan router;
  private final List<String> always;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  RouterClient(RouterPlan router) {
    this(router, List.of());
  }

  private RouterClient(RouterPlan router, List<String> always) {
    this.router = router;
    this.always = always;
  }

  /** A client whose requests are for one model of a multi-model endpoint. */
  RouterClient forModel(String target) {
    return new RouterClient(router, List.of(TARGET_MODEL, target));
  }

  /** Opens a session that holds the facts. */
  Reply open() {
    return post("NEW_SESSION", "{\"requestType\":\"NEW_SESSION\",\"inputs\":\"" + FACTS + "\"}");
  }

  /** Asks what only a session that holds the facts can answer. */
  Reply ask(String session) {
    return post(session, "{\"inputs\":\"" + QUESTION + "\"}");
  }

  /** The same, in server-sent events. */
  Reply askForStream(String session) {
    return post(session, STREAMED_QUESTION);
  }

  /** The same, and these in the events of a response stream. */
  Reply askForResponseStream(String session) {
    HttpRequest.Builder request =
        request(responseStream())
            .header(SESSION, session)
            .POST(BodyPublishers.ofString(STREAMED_QUESTION));
    return send(request.build(), EVENTS);
  }

  Reply close(String session) {
    return post(session, "{\"requestType\":\"CLOSE\"}");
  }

  Reply stateless() {
    return send(
        request(router.invocations())
            .POST(BodyPublishers.ofString("{\"inputs\":\"Hello.\"}"))
            .build());
  }

  /** A reply in events. */
  Reply stream() {
    return send(
        request(responseStream()).POST(BodyPublishers.ofString("{\"inputs\":\"Hello.\"}")).build(),
        EVENTS);
  }

  Reply post(String session, String payload) {
    HttpRequest.Builder request =
        request(router.invocations())
            .header(SESSION, session)
            .POST(BodyPublishers.ofString(payload));
    return send(request.build());
  }

  private URI responseStream() {
    return URI.create(router.invocations() + "-response-stream");
  }

  private HttpRequest.Builder request(URI url) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url).timeout(PATIENCE).header("Content-Type", "application/json");
    return always.isEmpty() ? request : request.headers(always.toArray(String[]::new));
  }

  /** A page of the management port. */
  Reply manage(String path) {
    URI url = router.management().resolve(path);
    return send(HttpRequest.newBuilder(url).timeout(PATIENCE).build());
  }

  /** Lets an instance have new work again. */
  void undrain(String instance) {
    String path = "/v1/endpoints/%s/instances/%s/drain".formatted(router.endpoint(), instance);
    URI url = router.management().resolve(path);
    send(HttpRequest.newBuilder(url).timeout(PATIENCE).DELETE().build()).requireStatus(204);
  }

  /** Whether the router says that the instance holds the session. */
  boolean holds(Service instance, String session) {
    String path = "/v1/sessions/%s/%s".formatted(router.endpoint(), session);
    return manage(path).requireStatus(200).body().contains(instance.url().getAuthority());
  }

  private static String payload(byte[] events) {
    try (EventPayload payload = new EventPayload(new ByteArrayInputStream(events))) {
      return new String(payload.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Reply send(HttpRequest request) {
    return send(request, BodyHandlers.ofString());
  }

  private Reply send(HttpRequest request, BodyHandler<String> body) {
    try {
      return Reply.of(http.send(request, body));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
