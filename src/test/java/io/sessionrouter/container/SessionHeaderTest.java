package io.sessionrouter.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What containers in the wild write into the session header, and what becomes of it. */
class SessionHeaderTest {
  private static final String USUAL = "X-Amzn-SageMaker-Session-Id";
  private static final String FRESH = "X-Amzn-SageMaker-New-Session-Id";
  private static final String CLOSED = "X-Amzn-SageMaker-Closed-Session-Id";

  private static HttpHeaders answer(String name, String value) {
    return new DefaultHttpHeaders().add(name, value);
  }

  private static SessionHeader asked(String value) {
    SessionHeader begun = SessionHeader.begun(answer(USUAL, value), null, true);
    assertThat(begun).isNotNull();
    return begun;
  }

  @Test
  void readsIdAndExpiry() {
    assertThat(asked("abc-1; Expires=2026-11-21T12:10:00Z"))
        .isEqualTo(new SessionHeader("abc-1", "2026-11-21T12:10:00Z", true));
    assertThat(asked("abc-1")).isEqualTo(new SessionHeader("abc-1", null, false));
    assertThat(asked("abc; Path=/")).isEqualTo(new SessionHeader("abc", null, false));
    assertThat(asked("abc; Expires=")).isEqualTo(new SessionHeader("abc", "", true));
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
    assertThat(asked(value)).isEqualTo(new SessionHeader("abc", "2026-11-21T12:10:00Z", true));
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
    assertUnusable(answer(USUAL, value), null, true);
  }

  @Test
  void leavesRoomForTheExpiryInTheClientsHeader() {
    String longest = "x".repeat(226);
    var stored = new Session(longest, "i", "", "main", "", "", 0, 4_000_000_000_000L, 0);
    assertThat(asked(longest).id()).isEqualTo(longest);
    assertThat(SessionHeader.value(stored)).hasSize(256).endsWith("; Expires=2096-10-02T07:06:40Z");
    assertUnusable(answer(USUAL, "x".repeat(227)), null, true);
  }

  @Test
  void knowsBothNames() {
    assertThat(SessionHeader.begun(answer(FRESH, "abc"), null, true)).isNotNull();
    assertThat(SessionHeader.begun(answer("Content-Type", "abc"), null, true)).isNull();
    HttpHeaders both = answer(USUAL, "abc").add(FRESH, "abc; Expires=soon");
    assertThat(SessionHeader.begun(both, null, true))
        .isEqualTo(new SessionHeader("abc", "soon", true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"s-1", "s-1; Expires=2026-11-21T12:10:00Z", "s-1 ; Path=/"})
  void takesTheRequestsOwnSessionForAnEcho(String value) {
    assertThat(SessionHeader.begun(answer(USUAL, value), "s-1", false)).isNull();
    assertThat(SessionHeader.begun(answer(FRESH, value), "s-1", false)).isNull();
  }

  @Test
  void takesAnIdThatTheRequestDidNotNameForABeginning() {
    assertThat(SessionHeader.begun(answer(USUAL, "b"), "s-1", false))
        .isEqualTo(new SessionHeader("b", null, false));
    assertThat(SessionHeader.begun(answer(USUAL, "b; Expires=soon"), null, false))
        .isEqualTo(new SessionHeader("b", "soon", true));
    assertThat(SessionHeader.begun(answer(FRESH, "b"), null, false))
        .isEqualTo(new SessionHeader("b", null, true));
    HttpHeaders both = answer(USUAL, "s-1").add(FRESH, "b");
    assertThat(SessionHeader.begun(both, "s-1", false))
        .isEqualTo(new SessionHeader("b", null, true));
  }

  /** It may mean anything: nobody asked for a session, and no end of one is told. */
  @ParameterizedTest
  @ValueSource(strings = {"", "a_b", "some thing"})
  void ignoresWhatIsNoIdWhereNobodyAsked(String value) {
    assertThat(SessionHeader.begun(answer(USUAL, value), null, false)).isNull();
    assertThat(SessionHeader.begun(answer(USUAL, value), "s-1", false)).isNull();
    assertUnusable(answer(USUAL, value + "; Expires=2026-11-21T12:10:00Z"), null, false);
    assertUnusable(answer(FRESH, value), "s-1", false);
  }

  @Test
  void refusesTwoSessionsInOneAnswer() {
    for (boolean asked : new boolean[] {true, false}) {
      assertUnusable(answer(USUAL, "a").add(USUAL, "b"), null, asked);
      assertUnusable(answer(USUAL, "a").add(USUAL, "a"), null, asked);
      assertUnusable(answer(FRESH, "a").add(FRESH, "b"), null, asked);
      assertUnusable(answer(USUAL, "a").add(FRESH, "b"), null, asked);
    }
    assertUnusable(answer(USUAL, "s-1").add(USUAL, "b"), "s-1", false);
  }

  @Test
  void namesEverySessionThatMayHaveBegun() {
    HttpHeaders many =
        answer(USUAL, "a; Expires=soon").add(USUAL, "b_c").add(USUAL, "s-1").add(FRESH, "d");
    assertThat(SessionHeader.named(many, "s-1")).containsExactly("a", "b_c", "d");
    assertThat(SessionHeader.named(many.add(CLOSED, "d"), "s-1")).containsExactly("a", "b_c");
    assertThat(SessionHeader.named(answer(USUAL, "").add(FRESH, "NEW_SESSION"), null)).isEmpty();
  }

  @Test
  void readsWhichSessionsEnded() {
    HttpHeaders closed = answer(CLOSED, "a").add(CLOSED, "b");
    assertThat(SessionHeader.closes(closed, "a")).isTrue();
    assertThat(SessionHeader.closes(closed, "b")).isTrue();
    assertThat(SessionHeader.closes(closed, "c")).isFalse();
    assertThat(SessionHeader.closes(answer(USUAL, "a"), "a")).isFalse();
  }

  private static void assertUnusable(HttpHeaders answer, String sent, boolean asked) {
    assertThatThrownBy(() -> SessionHeader.begun(answer, sent, asked))
        .isInstanceOfSatisfying(
            RouterException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.MODEL_UNUSABLE));
  }
}
