package io.sessionrouter.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.telemetry.PrincipalMeters.Count;
import io.sessionrouter.telemetry.PrincipalMeters.Owned;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PrincipalMetersTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final PrincipalMeters meters = new PrincipalMeters(registry);

  private double throttled(String principal, String reason) {
    return registry
        .find("session_router_throttled")
        .tag("principal", principal)
        .tag("reason", reason)
        .counters()
        .stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  private List<String> shown() {
    return registry.find("session_router_principal_sessions").gauges().stream()
        .map(gauge -> gauge.getId().getTag("principal") + "=" + (int) gauge.value())
        .sorted()
        .toList();
  }

  private static Count count(String principal, long sessions) {
    return new Count(new Owned("chat", principal), sessions);
  }

  @Test
  void refusalsAreCountedByReason() {
    meters.throttled("chat", "notebook", FailureKind.THROTTLED_RATE);
    meters.throttled("chat", "notebook", FailureKind.THROTTLED_RATE);
    meters.throttled("chat", "notebook", FailureKind.THROTTLED_IN_FLIGHT);
    meters.throttled("chat", "notebook", FailureKind.THROTTLED_SESSIONS);
    meters.throttled("chat", "notebook", FailureKind.THROTTLED_BYTES);

    assertThat(throttled("notebook", "rate")).isEqualTo(2);
    assertThat(throttled("notebook", "in_flight")).isEqualTo(1);
    assertThat(throttled("notebook", "sessions")).isEqualTo(1);
    assertThat(throttled("notebook", "bytes")).isEqualTo(1);
  }

  @Test
  void manyPrincipalsAreNotManySeries() {
    for (int i = 0; i < 1000; i++) {
      meters.throttled("chat", "p-" + i, FailureKind.THROTTLED_RATE);
    }

    assertThat(registry.find("session_router_throttled").counters())
        .hasSize(PrincipalMeters.MOST_THROTTLED + 1);
    assertThat(throttled("p-0", "rate")).isEqualTo(1);
    assertThat(throttled(PrincipalMeters.OTHERS, "rate")).isEqualTo(900);
  }

  @Test
  void thePrincipalsWithTheMostSessionsAreShown() {
    meters.sessions(IntStream.range(0, 100).mapToObj(i -> count("p-" + i, i)).toList());

    assertThat(shown()).hasSize(PrincipalMeters.MOST_SESSIONS).contains("p-99=99", "p-80=80");

    meters.sessions(List.of(count("p-99", 1), count("new", 5)));
    assertThat(shown()).containsExactly("new=5", "p-99=1");

    meters.sessions(List.of());
    assertThat(shown()).isEmpty();
  }
}
