package io.sessionrouter.container.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionrouter.container.fault.FaultException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OperationTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "- | {\"inputs\":\"a\"} | STATELESS",
        "- | {\"requestType\":\"NEW_SESSION\"} | OPEN",
        "- | {\"requestType\":\"NEW_SESSION\",\"inputs\":\"a\"} | OPEN",
        "NEW_SESSION | {} | OPEN",
        "NEW_SESSION | {\"inputs\":\"a\"} | OPEN",
        "NEW_SESSION | {\"requestType\":\"NEW_SESSION\"} | OPEN",
        "abc-1 | {\"inputs\":\"a\"} | CONTINUE",
        "abc-1 | {\"requestType\":\"CLOSE\"} | CLOSE",
      })
  void headerAndBodyTogetherSayWhatIsMeant(String header, String body, Operation expected) {
    assertThat(operation(header, body)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "- | {} | inputs is missing or empty",
        "- | {\"inputs\":\"\"} | inputs is missing or empty",
        "abc-1 | {} | inputs is missing or empty",
        "- | {\"requestType\":\"CLOSE\"} | CLOSE without a session",
        "NEW_SESSION | {\"requestType\":\"CLOSE\"} | requestType is CLOSE, but the header",
        "abc-1 | {\"requestType\":\"NEW_SESSION\"} | names an existing session",
        "abc-1 | {\"requestType\":\"CLOSE\",\"inputs\":\"a\"} | inputs is a text in a CLOSE"
            + " request",
      })
  void contradictionsAreRefused(String header, String body, String message) {
    assertThatThrownBy(() -> operation(header, body))
        .isInstanceOf(FaultException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "a b", "-a", "a-", "a_b", "a.b", "a:b", "new session", "a;b", "ä", "a\n"})
  void whatIsNoIdIsRefused(String value) {
    assertThatThrownBy(() -> parse(List.of(value)))
        .isInstanceOf(FaultException.class)
        .hasMessageContaining("NEW_SESSION, or one session id");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "0", "a--b", "67ee3e75-c89a-4ce5-8927-9150b5f93912", "NEWSESSION"})
  void everyIdOfTheContractIsRead(String value) {
    assertThat(parse(List.of(value))).isEqualTo(new SessionHeader.Existing(value));
  }

  @Test
  void anIdHasAtMost256Characters() {
    assertThat(parse(List.of("a".repeat(256)))).isInstanceOf(SessionHeader.Existing.class);
    assertThatThrownBy(() -> parse(List.of("a".repeat(257)))).isInstanceOf(FaultException.class);
  }

  @Test
  void aMaliciousIdIsRefusedQuickly() {
    assertThatThrownBy(() -> parse(List.of("a" + "-".repeat(254) + "!")))
        .isInstanceOf(FaultException.class);
  }

  @Test
  void twoHeadersAreRefused() {
    assertThatThrownBy(() -> parse(List.of("a", "a"))).isInstanceOf(FaultException.class);
  }

  @Test
  void aRouterAsksForASessionByAHeaderOfItsOwn() {
    List<String> asked = List.of("new");
    assertThat(SessionHeader.parse(List.of(), asked)).isEqualTo(new SessionHeader.New());
    assertThat(SessionHeader.parse(List.of("NEW_SESSION"), asked))
        .isEqualTo(new SessionHeader.New());
  }

  @Test
  void aRouterThatContradictsItselfIsRefused() {
    for (List<String> asked :
        List.of(List.of(""), List.of("old"), List.of("NEW"), List.of("new", "new"))) {
      assertThatThrownBy(() -> SessionHeader.parse(List.of(), asked))
          .isInstanceOf(FaultException.class)
          .hasMessageContaining("X-Session-Router-Session is not valid (expected: new");
    }
    assertThatThrownBy(() -> SessionHeader.parse(List.of("abc"), List.of("new")))
        .isInstanceOf(FaultException.class);
  }

  private static SessionHeader parse(List<String> values) {
    return SessionHeader.parse(values, List.of());
  }

  private static Operation operation(String header, String body) {
    List<String> values = header == null ? List.of() : List.of(header);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return Operation.of(parse(values), new PayloadReader(8, false).read(bytes));
  }
}
