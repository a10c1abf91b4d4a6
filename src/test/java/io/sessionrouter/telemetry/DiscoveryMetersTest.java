package io.sessionrouter.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sessionrouter.telemetry.DiscoveryMeters.Failure;
import io.sessionrouter.telemetry.DiscoveryMeters.Feed;
import io.sessionrouter.telemetry.DiscoveryMeters.Source;
import io.sessionrouter.testing.MutableClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DiscoveryMetersTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final MutableClock clock = new MutableClock();
  private final Feed feed =
      new DiscoveryMeters(registry).feed("chat", "main", Source.KUBERNETES, clock);

  @Test
  void aSourceThatHasNotAnsweredYetAgesFromTheStart() {
    clock.advance(Duration.ofSeconds(40));

    assertThat(connected()).isZero();
    assertThat(age()).isEqualTo(40);
  }

  @Test
  void whatItSaysMakesItYoung() {
    clock.advance(Duration.ofSeconds(40));
    feed.succeeded();
    clock.advance(Duration.ofMillis(1500));

    assertThat(connected()).isEqualTo(1);
    assertThat(age()).isEqualTo(1.5);
  }

  @ParameterizedTest
  @EnumSource(names = "EXPIRED", mode = EnumSource.Mode.EXCLUDE)
  void aFailureDisconnectsAndDoesNotChangeTheAge(Failure why) {
    feed.succeeded();
    clock.advance(Duration.ofSeconds(3));
    feed.failed(why);

    assertThat(connected()).isZero();
    assertThat(age()).isEqualTo(3);
    assertThat(errors(why)).isEqualTo(1);
  }

  @Test
  void anApiServerThatAsksForANewListIsThere() {
    feed.succeeded();
    feed.failed(Failure.EXPIRED);

    assertThat(connected()).isEqualTo(1);
    assertThat(errors(Failure.EXPIRED)).isEqualTo(1);
  }

  @Test
  void aClockThatIsSetBackMakesNothingYoungerThanNew() {
    feed.succeeded();
    clock.advance(Duration.ofSeconds(-10));

    assertThat(age()).isZero();
  }

  @Test
  void countersBeginAtZero() {
    for (Failure why : Failure.values()) {
      assertThat(errors(why)).as(why.name()).isZero();
    }
    assertThat(registry.get("session_router_discovery_queries").counter().count()).isZero();
    feed.asked();
    assertThat(
            registry
                .get("session_router_discovery_queries")
                .tags("endpoint", "chat", "variant", "main", "source", "kubernetes")
                .counter()
                .count())
        .isEqualTo(1);
  }

  private double connected() {
    return registry.get("session_router_discovery_connected").gauge().value();
  }

  private double age() {
    return registry.get("session_router_discovery_age_seconds").gauge().value();
  }

  private double errors(Failure why) {
    return registry
        .get("session_router_discovery_errors")
        .tag("reason", why.name().toLowerCase(java.util.Locale.ROOT))
        .counter()
        .count();
  }
}
