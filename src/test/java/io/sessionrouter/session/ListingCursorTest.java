package io.sessionrouter.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListingCursorTest {

  @Test
  void itComesBackAsItWas() {
    ListingCursor cursor = new ListingCursor("10.0.0.1:8080", 1_790_000_000_000L, "~abc");

    assertThat(ListingCursor.of(cursor.text())).isEqualTo(cursor);
    assertThat(cursor.text()).matches("[A-Za-z0-9_-]+");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?", "YQ", "YQphCmE", "YQoxCmEKYg"})
  void anythingElseIsNone(String text) {
    assertThat(ListingCursor.of(text)).isNull();
  }
}
