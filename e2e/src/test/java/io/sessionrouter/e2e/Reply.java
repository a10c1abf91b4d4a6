package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** An answer of the router, and what tests ask of it. */
record Reply(int status, Map<String, String> headers, String body) {

  static Reply of(HttpResponse<String> response) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    response
        .headers()
        .map()
        .forEach((name, values) -> headers.put(name, String.join(", ", values)));
    return new Reply(response.statusCode(), headers, response.body());
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /** The id of the session that this answer opened. */
  String session() {
    requireStatus(200);
    assertThat(header("X-Amzn-SageMaker-New-Session-Id")).as("new session in %s", this).isPresent();
    return header("X-Amzn-SageMaker-New-Session-Id").orElseThrow().split(";", -1)[0];
  }

  Reply requireStatus(int expected) {
    assertThat(status).as("status of %s", this).isEqualTo(expected);
    return this;
  }

  /** It was answered by a model, with the text in it. */
  void requireAnswer(String text) {
    requireStatus(200);
    assertThat(body).as("answer").contains(text);
  }

  /** It was answered by a model with the text, token by token until the last one. */
  void requireWholeStream(String text) {
    requireAnswer(text);
    assertThat(body).as("last event").endsWith("\n\n").contains("\"finish_reason\":");
  }

  /** It was refused, with a message that has the text in it. */
  void requireRefusal(String text) {
    requireStatus(400);
    requireCode("ValidationError");
    assertThat(body).as("message").containsIgnoringCase(text);
  }

  /** It was put off: the client shall try again. */
  void requireUnavailable() {
    requireStatus(503);
    requireCode("ServiceUnavailable");
    assertThat(header("Retry-After"))
        .as("Retry-After of %s", this)
        .get()
        .asString()
        .matches("[1-9]\\d*");
  }

  private void requireCode(String code) {
    assertThat(header("x-amzn-errortype")).as("error code of %s", this).contains(code);
  }
}
