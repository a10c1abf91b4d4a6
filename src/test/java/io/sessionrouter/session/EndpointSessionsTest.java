package io.sessionrouter.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.domain.Session;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.session.SessionEvents.Expiry;
import io.sessionrouter.testing.Configured;
import io.sessionrouter.testing.MutableClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How sessions end by being idle when that is configured otherwise while they live. */
class EndpointSessionsTest {
  private final MutableClock clock = new MutableClock();
  private final long opened = clock.millis();
  private final Session session =
      new Session("s", "i", "", "main", "", "", opened, opened + 3_600_000, opened);

  private static EndpointSettings idle(String timeout) {
    return Configured.valid()
        .with(Configured.CHAT + "sessions.max-ttl", "1h")
        .with(Configured.CHAT + "sessions.idle-timeout", timeout)
        .chat();
  }

  private EndpointSessions endpoint(String timeout) {
    return new EndpointSessions(idle(timeout), 10, clock);
  }

  private Expiry after(EndpointSessions sessions, String minutes) {
    clock.advance(Duration.ofMinutes(Long.parseLong(minutes)));
    return sessions.ended(session, clock.millis());
  }

  @Test
  void aTimeoutThatIsNewCountsFromThen() {
    EndpointSessions sessions = endpoint("off");
    clock.advance(Duration.ofMinutes(30));

    sessions.configure(idle("10m"));

    assertThat(sessions.ended(session, clock.millis())).isNull();
    assertThat(sessions.deadline(session)).isEqualTo(clock.millis() + 600_000);
    assertThat(after(sessions, "9")).isNull();
    assertThat(after(sessions, "1")).isEqualTo(Expiry.IDLE);
  }

  @Test
  void aShorterOneEndsNothingAtOnce() {
    EndpointSessions sessions = endpoint("20m");
    clock.advance(Duration.ofMinutes(15));

    sessions.configure(idle("10m"));

    assertThat(sessions.ended(session, clock.millis())).isNull();
    assertThat(after(sessions, "10")).isEqualTo(Expiry.IDLE);
  }

  @Test
  void aLongerOneHoldsAtOnce() {
    EndpointSessions sessions = endpoint("10m");

    sessions.configure(idle("20m"));

    assertThat(after(sessions, "15")).isNull();
    assertThat(after(sessions, "5")).isEqualTo(Expiry.IDLE);
  }

  @Test
  void withoutOneNoneIsIdle() {
    EndpointSessions sessions = endpoint("10m");

    sessions.configure(idle("off"));

    assertThat(sessions.uses()).isNull();
    assertThat(after(sessions, "59")).isNull();
    assertThat(after(sessions, "1")).isEqualTo(Expiry.ABSOLUTE);
  }

  @Test
  void aUseUnderWayGoesOnUnderAnotherTimeout() {
    EndpointSessions sessions = endpoint("10m");
    LastUses uses = sessions.uses();
    uses.begin(session, clock.millis());

    sessions.configure(idle("5m"));

    assertThat(sessions.uses()).isSameAs(uses);
    assertThat(uses.gap()).isEqualTo(30_000);
    assertThat(after(sessions, "30")).as("in use").isNull();
  }
}
