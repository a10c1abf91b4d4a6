package io.sessionrouter.container.api;

import java.nio.charset.StandardCharsets;

/** Payloads of tests. */
final class Payloads {
  private Payloads() {}

  static Payload read(String body) {
    return new PayloadReader(77, false).read(body.getBytes(StandardCharsets.UTF_8));
  }
}
