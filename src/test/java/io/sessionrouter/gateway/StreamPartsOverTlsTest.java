package io.sessionrouter.gateway;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The tests of {@link StreamPartsTest}, over TLS 1.3 on both sides. */
class StreamPartsOverTlsTest extends StreamPartsTest {
  @BeforeAll
  static void secure() {
    WireMode.speak("TLSv1.3");
  }

  @AfterAll
  static void plain() {
    WireMode.speak(null);
  }
}
