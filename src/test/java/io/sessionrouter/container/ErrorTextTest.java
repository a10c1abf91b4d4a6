package io.sessionrouter.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorTextTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\1',
      value = {
        "{\"message\":\"no memory\"}|no memory",
        "{\"Message\":\"no memory\"}|no memory",
        "{\"detail\":\"no memory\"}|no memory",
        "{\"error\":\"no memory\"}|no memory",
        "{\"error\":{\"message\":\"no memory\",\"code\":507}}|no memory",
        "{\"code\":507}|{\"code\":507}",
        "{\"message\":7}|{\"message\":7}",
        "[1]|[1]",
        "no memory|no memory",
      })
  void isTheMessageOfTheUsualShapesOrTheBody(String body, String message) {
    assertThat(ErrorText.of(Buffer.buffer(body))).isEqualTo(message);
  }

  @Test
  void isBounded() {
    assertThat(ErrorText.of(Buffer.buffer("x".repeat(5000)))).hasSize(1024);
  }
}
