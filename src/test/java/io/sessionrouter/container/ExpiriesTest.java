package io.sessionrouter.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.endpoint.SessionSettings;
import io.sessionrouter.telemetry.RequestMeters;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpiriesTest {
  private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
  private static final SessionSettings RULES =
      new SessionSettings(Duration.ofMinutes(20), null, null, "bye");
  private static final Instant LATEST = NOW.plus(RULES.maxTtl());

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Expiries expiries = new Expiries(new RequestMeters(registry));
  private final List<String> logged = new ArrayList<>();
  private final Logger logger = Logger.getLogger(Expiries.class.getName());
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          logged.add(String.format(line.getMessage(), line.getParameters()));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    logger.addHandler(handler);
  }

  @AfterEach
  void stop() {
    logger.removeHandler(handler);
  }

  private Instant end(String told, String instance) {
    return expiries.end(
        new SessionHeader("abc", told, told != null),
        new Instance("chat", "main", instance, "h", 1, false),
        RULES,
        NOW);
  }

  private double replaced(String reason) {
    return registry
        .find("session_router_session_expiries_replaced")
        .tags("endpoint", "chat", "reason", reason)
        .counters()
        .stream()
        .mapToDouble(Counter::count)
        .sum();
  }

  @Test
  void followsWhatTheContainerSays() {
    assertThat(end("2026-11-21T12:10:00Z", "i-1")).isEqualTo(NOW.plusSeconds(600));
    assertThat(end("2026-11-21T12:10:00", "i-1")).isEqualTo(NOW.plusSeconds(600));
    assertThat(end("2026-11-21T12:20:00Z", "i-1")).isEqualTo(LATEST);
    assertThat(end(null, "i-1")).isEqualTo(LATEST);
    assertThat(logged).isEmpty();
    assertThat(replaced("unreadable") + replaced("past") + replaced("cut")).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "unreadable, soon",
    "unreadable, ''",
    "past, 2026-11-21T11:00:00Z",
    "past, 2026-11-21T12:00:00Z",
    "cut, 2026-11-21T13:00:00Z",
    "cut, 2026-11-21T12:20:06Z",
    "cut, +99999-01-01T00:00:00Z"
  })
  void replacesAndCountsWhatItDoesNotFollow(String reason, String told) {
    assertThat(end(told, "i-1")).isEqualTo(LATEST);
    assertThat(end(told, "i-1")).isEqualTo(LATEST);
    assertThat(replaced(reason)).isEqualTo(2);
    assertThat(replaced("unreadable") + replaced("past") + replaced("cut")).isEqualTo(2);
    assertThat(logged).hasSize(1);
  }

  @Test
  void saysOnceOfEachInstanceThatItsExpiryCannotBeRead() {
    end("soon", "i-1");
    end("later", "i-1");
    end("soon", "i-2");
    assertThat(logged)
        .containsExactly(
            "session expiry cannot be read endpoint=chat instance=i-1 reported=soon (expected: a"
                + " time such as 2026-01-31T12:00:00Z); sessions.max-ttl holds",
            "session expiry cannot be read endpoint=chat instance=i-2 reported=soon (expected: a"
                + " time such as 2026-01-31T12:00:00Z); sessions.max-ttl holds");
  }

  @Test
  void saysOnceOfEachEndpointThatItsSessionsAreCut() {
    end("2026-11-21T13:00:00Z", "i-1");
    end("2026-11-21T13:00:00Z", "i-2");
    assertThat(logged)
        .containsExactly(
            "sessions end earlier than their container says endpoint=chat reported=3600s"
                + " max-ttl=1200s (expected: session-router.endpoints.chat.sessions.max-ttl as long"
                + " as the container's)");
  }

  /** Two clocks are never the same. */
  @Test
  void saysNothingOfAFewSeconds() {
    assertThat(end("2026-11-21T12:20:05Z", "i-1")).isEqualTo(LATEST);
    assertThat(logged).isEmpty();
    assertThat(replaced("cut")).isZero();
  }
}
