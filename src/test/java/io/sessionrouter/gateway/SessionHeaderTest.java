package io.sessionrouter.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What containers in the wild write into the session header, and what becomes of it. */
class SessionHeaderTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final Duration MAX = Duration.ofMinutes(20);

  private static HttpHeaders answer(String name, String value) {
    return new DefaultHttpHeaders().add(name, value);
  }

  private static Session session(String value) {
    SessionHeader opened = SessionHeader.opened(answer("X-Amzn-SageMaker-Session-Id", value));
    assertThat(opened).isNotNull();
    return opened.toSession(
        new Instance("chat", "main", "i-1", "h", 1, false), "boot", "", NOW, MAX);
  }

  @Test
  void readsIdAndExpiry() {
    Session session = session("abc-1; Expires=2026-11-21T12:10:00Z");
    assertThat(session.id()).isEqualTo("abc-1");
    assertThat(session.expiresAt()).isEqualTo(NOW.plusSeconds(600).toEpochMilli());
    assertThat(session.instance()).isEqualTo("i-1");
    assertThat(session.epoch()).isEqualTo("boot");
    assertThat(session.createdAt()).isEqualTo(NOW.toEpochMilli());
    assertThat(SessionHeader.value(session)).isEqualTo("abc-1; Expires=2026-11-21T12:10:00Z");
  }

  @ParameterizedTest
  @CsvSource({
    "local time an hour ahead, abc; Expires=2026-11-21T13:00:00Z",
    "local time an hour behind, abc; Expires=2026-11-21T11:00:00Z",
    "exactly now, abc; Expires=2026-11-21T12:00:00Z",
    "none, abc",
    "nonsense, abc; Expires=soon",
    "empty, abc; Expires=",
    "another attribute, abc; Path=/",
    "far future, abc; Expires=+99999-01-01T00:00:00Z"
  })
  void replacesAnExpiryThatCannotBe(String why, String value) {
    assertThat(session(value).expiresAt()).as(why).isEqualTo(NOW.plus(MAX).toEpochMilli());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "abc;Expires=2026-11-21T12:10:00Z",
        "abc ; expires=2026-11-21T12:10:00Z",
        "abc; EXPIRES=2026-11-21T12:10:00Z",
        "abc; Path=/; Expires=2026-11-21T12:10:00Z; Secure",
        "abc;  Expires= 2026-11-21T12:10:00Z"
      })
  void isGenerousAboutSpelling(String value) {
    assertThat(session(value).id()).isEqualTo("abc");
    assertThat(session(value).expiresAt()).isEqualTo(NOW.plusSeconds(600).toEpochMilli());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "; Expires=2026-11-21T12:10:00Z",
        "a_b",
        "a.b",
        "a:b",
        "-a",
        "a-",
        "a b",
        "NEW_SESSION"
      })
  void refusesIdsThatClientsCouldNotSend(String value) {
    assertThatThrownBy(() -> SessionHeader.opened(answer("X-Amzn-SageMaker-Session-Id", value)))
        .isInstanceOfSatisfying(
            RouterException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.MODEL_UNUSABLE));
  }

  @Test
  void leavesRoomForTheExpiryInTheClientsHeader() {
    assertThat(SessionHeader.value(session("x".repeat(226)))).hasSize(256);
    assertThatThrownBy(() -> session("x".repeat(227))).isInstanceOf(RouterException.class);
  }

  @Test
  void knowsBothNames() {
    assertThat(SessionHeader.opened(answer("X-Amzn-SageMaker-New-Session-Id", "abc"))).isNotNull();
    assertThat(SessionHeader.opened(answer("Content-Type", "abc"))).isNull();
  }
}
