package io.sessionrouter.gateway;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The tests of {@link EarlyAnswerTest}, over TLS 1.3 on both sides. */
class EarlyAnswerOverTlsTest extends EarlyAnswerTest {
  @BeforeAll
  static void secure() {
    WireMode.speak("TLSv1.3");
  }

  /** Fewer: with leak detection each megabyte takes its time. */
  @Override
  int times() {
    return 2;
  }

  @Override
  String large() {
    return "x".repeat(4 * 1024 * 1024);
  }

  @AfterAll
  static void plain() {
    WireMode.speak(null);
  }
}
