package io.sessionrouter.container.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.container.config.Dialect;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which form a reply has, by the body and the header. */
class AcceptTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "- | - | -",
        "- | */* | -",
        "- | application/json | -",
        "- | text/event-stream | EVENTS",
        "- | Text/Event-Stream; charset=utf-8 | EVENTS",
        "- | application/jsonlines | LINES",
        "- | application/jsonlines, text/event-stream | LINES",
        "- | text/event-stream;q=0.5, application/jsonlines;q=0.8 | LINES",
        "- | application/json, text/event-stream | -",
        "- | text/event-stream, application/json | EVENTS",
        "- | application/json;q=0.1, text/event-stream | EVENTS",
        "- | text/event-stream;q=0 | -",
        "- | text/html, text/event-stream | EVENTS",
        "- | text/event-stream;q=high | EVENTS",
        "- | ,;,=;q | -",
        "true | - | EVENTS",
        "true | application/json | EVENTS",
        "true | */* | EVENTS",
        "true | text/event-stream | EVENTS",
        "true | application/json, application/jsonlines | LINES",
        "false | text/event-stream | -",
        "false | application/jsonlines | -",
        "false | - | -",
      })
  void theBodyDecidesWhetherAndTheHeaderHow(Boolean stream, String header, StreamFormat expected) {
    List<String> values = header == null ? List.of() : List.of(header);

    assertThat(Accept.parse(values).format(Optional.ofNullable(stream), Dialect.PLAIN))
        .isEqualTo(Optional.ofNullable(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "TGI | true | - | EVENTS",
        "TGI | true | application/json | EVENTS",
        "TGI | true | application/jsonlines | LINES",
        "TGI | - | - | -",
        "LMI | true | - | TOKEN_LINES",
        "LMI | true | application/json | TOKEN_LINES",
        "LMI | true | text/event-stream | EVENTS",
        "LMI | - | application/jsonlines | TOKEN_LINES",
        "LMI | false | application/jsonlines | -",
      })
  void theDialectDecidesWhereTheHeaderSaysNothing(
      Dialect dialect, Boolean stream, String header, StreamFormat expected) {
    List<String> values = header == null ? List.of() : List.of(header);

    assertThat(Accept.parse(values).format(Optional.ofNullable(stream), dialect))
        .isEqualTo(Optional.ofNullable(expected));
  }
}
