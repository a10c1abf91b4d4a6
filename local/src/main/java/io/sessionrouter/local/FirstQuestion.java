package io.sessionrouter.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/**
 * A question asked through the whole system until it is answered: the proof that it is ready.
 *
 * <p>A router that has just started may not have seen its instances' health yet; that is the one
 * reason to ask again.
 */
public final class FirstQuestion {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final String QUESTION =
      """
      {"inputs":"Hello.","parameters":{"max_new_tokens":1}}\
      """;

  private final HttpClient client = HttpClient.newHttpClient();
  private final HttpRequest request;

  /** Asks a router that knows no callers. */
  public FirstQuestion(URI invocations) {
    this(request(invocations).build());
  }

  FirstQuestion(URI invocations, Keys keys) {
    this(request(invocations).header("Authorization", keys.authorization()).build());
  }

  private FirstQuestion(HttpRequest request) {
    this.request = request;
  }

  private static HttpRequest.Builder request(URI invocations) {
    return HttpRequest.newBuilder(invocations)
        .timeout(PATIENCE)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(QUESTION));
  }

  public void awaitAnswer() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    try {
      HttpResponse<String> response = ask();
      while (response.statusCode() == 503 && System.nanoTime() < end) {
        Thread.sleep(PAUSE);
        response = ask();
      }
      requireAnswer(response);
    } catch (IOException e) {
      throw new StartFailure("The router does not answer the first question: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("Interrupted while asking the first question.");
    }
  }

  private HttpResponse<String> ask() throws IOException, InterruptedException {
    return client.send(request, BodyHandlers.ofString());
  }

  private static void requireAnswer(HttpResponse<String> response) {
    if (response.statusCode() != 200) {
      throw new StartFailure(
          "The first question was answered with status %d: %s"
              .formatted(response.statusCode(), response.body()));
    }
  }
}
