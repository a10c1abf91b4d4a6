package io.sessionrouter.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationTextTest {

  @ParameterizedTest
  @CsvSource({
    "PT0S, 0s",
    "PT-1S, -1s",
    "PT0.25S, 250ms",
    "PT-0.25S, -250ms",
    "PT1M, 1m",
    "PT61S, 61s",
    "PT1H, 60m",
    "PT0.0001S, PT0.0001S",
  })
  void durationsAreWrittenAsUsersWriteThem(Duration time, String text) {
    assertThat(DurationText.of(time)).isEqualTo(text);
  }
}
