package io.sessionrouter.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How containers in the wild write a time. */
class ExpiryTextTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-21T12:10:00Z",
        "2026-11-21T12:10:00z",
        "2026-11-21t12:10:00z",
        "2026-11-21T12:10Z",
        "2026-11-21T12:10:00",
        "2026-11-21 12:10:00",
        "2026-11-21T12:10:00.000000",
        "2026-11-21T12:10:00.0Z",
        "2026-11-21T12:10:00+00:00",
        "2026-11-21 12:10:00+00:00",
        "2026-11-21T12:10:00+0000",
        "2026-11-21T12:10:00+00",
        "2026-11-21T12:10:00-00:00",
        "2026-11-21T12:10:00+00:00Z",
        "2026-11-21T14:10:00+02:00",
        "2026-11-21T14:10:00+0200",
        "2026-11-21T06:40:00-0530",
        "Sat, 21 Nov 2026 12:10:00 GMT"
      })
  void readsWhatContainersWrite(String text) {
    assertThat(ExpiryText.instant(text)).isEqualTo(Instant.parse("2026-11-21T12:10:00Z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-21T12:10:00.123456",
        "2026-11-21T12:10:00.123456Z",
        "2026-11-21T12:10:00.123456+00:00",
        "2026-11-21 12:10:00.123456+0000"
      })
  void readsFractionsOfASecond(String text) {
    assertThat(ExpiryText.instant(text)).isEqualTo(Instant.parse("2026-11-21T12:10:00.123456Z"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "soon",
        "1795262400",
        "2026-11-21",
        "2026-13-21T12:10:00Z",
        "2026-11-21T12:10:00+02:00Z",
        "2026-11-21T12:10:00 UTC",
        "2026-11-21T12:10:00Zx",
        "2026-11-21T  12:10:00Z"
      })
  void doesNotGuess(String text) {
    assertThat(ExpiryText.instant(text)).isNull();
  }
}
