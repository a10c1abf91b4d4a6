package io.sessionrouter.gateway;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The tests of {@link BackPressureTest}, over TLS 1.3 on both sides. */
class BackPressureOverTlsTest extends BackPressureTest {
  @BeforeAll
  static void secure() {
    WireMode.speak("TLSv1.3");
  }

  @AfterAll
  static void plain() {
    WireMode.speak(null);
  }
}
