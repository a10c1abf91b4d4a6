package io.sessionrouter.session;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SessionOptionsTest {

  @Test
  void senselessOptionsAreRefusedByName() {
    assertThatThrownBy(() -> SessionOptions.DEFAULTS.withNearCacheSize(0))
        .hasMessage("nearCacheSize: 0 (expected: >= 1)");
    assertThatThrownBy(() -> SessionOptions.DEFAULTS.withCommandTimeout(Duration.ZERO))
        .hasMessage("commandTimeout: PT0S (expected: >= 1 ms)");
  }
}
