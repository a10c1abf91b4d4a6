package io.sessionrouter.gateway;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The tests of {@link HttpTest}, over TLS 1.2 on both sides. */
class HttpOverTls12Test extends HttpTest {
  @BeforeAll
  static void secure() {
    WireMode.speak("TLSv1.2");
  }

  @AfterAll
  static void plain() {
    WireMode.speak(null);
  }
}
