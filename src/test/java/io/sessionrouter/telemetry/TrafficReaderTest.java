package io.sessionrouter.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.sessionrouter.domain.FailureKind;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** What endpoints did, read from the meters of the path. */
@SuppressWarnings("deprecation") // the registry that Quarkus brings
class TrafficReaderTest {
  private static final Offset<Double> MICROSECOND = within(1e-6);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final RequestMeters requests = new RequestMeters(registry);
  private final SessionMeters sessions = new SessionMeters(registry);
  private final TrafficReader reader = new TrafficReader(registry, requests);

  private Traffic chat() {
    return reader.read().getOrDefault("chat", Traffic.NONE);
  }

  private void succeed(String variant, SessionKind kind, Duration firstByte) {
    VariantMeters meters = requests.variant("chat", variant);
    meters.firstByte(kind, firstByte.toNanos(), 0);
    meters.succeeded(OperationKind.INVOKE, kind, firstByte.toNanos());
  }

  @Test
  void theSlowestIsTrueAndSinceTheReadingBefore() {
    succeed("main", SessionKind.NEW, Duration.ofMillis(11_400));
    succeed("main", SessionKind.NEW, Duration.ofMillis(20));
    assertThat(chat().slowest()).isEqualTo(11.4, MICROSECOND);

    succeed("main", SessionKind.CONTINUED, Duration.ofMillis(30));
    assertThat(chat().slowest()).isEqualTo(0.03, MICROSECOND);
    assertThat(chat().slowest()).isZero();
  }

  @Test
  void nothingHappenedYet() {
    assertThat(reader.read()).isEmpty();
    assertThat(Traffic.NONE.firstBytes().quantile(0.5)).isNull();
  }

  @Test
  void requestsOfAllVariantsAndOperationsAreAddedUp() {
    succeed("main", SessionKind.NEW, Duration.ofMillis(3));
    succeed("canary", SessionKind.NONE, Duration.ofMillis(3));
    requests.variant("chat", "main").clientGone(OperationKind.RESPONSE_STREAM);
    requests.variant("chat", "main").failed(OperationKind.INVOKE, FailureKind.MODEL_TIMEOUT);
    requests.variant("chat", "canary").failed(OperationKind.INVOKE, FailureKind.MODEL_TIMEOUT);
    requests.variant("zoo", "main").failed(OperationKind.INVOKE, FailureKind.INTERNAL);

    requests.variant("chat", "main").failed(OperationKind.INVOKE, FailureKind.MODEL_ERROR);

    assertThat(chat().requests()).isEqualTo(6);
    assertThat(chat().failures())
        .containsExactly(Map.entry("model_error", 1L), Map.entry("model_timeout", 2L));
    assertThat(chat().faults())
        .as("the model's own answers are not the service's fault")
        .containsExactly(Map.entry("model_timeout", 2L));
    assertThat(chat().firstBytes().count()).isEqualTo(2);
    assertThat(reader.read().get("zoo").failures()).containsExactly(Map.entry("internal", 1L));
  }

  @Test
  void sessionsAreCountedByTheirEnds() {
    sessions.remembered("chat", () -> 0);
    sessions.opened("chat");
    sessions.opened("chat");
    sessions.ended("chat", SessionMeters.End.LOST_GONE);

    assertThat(chat().opened()).isEqualTo(2);
    assertThat(chat().ended()).containsEntry("lost_gone", 1L).containsEntry("closed", 0L);
  }

  @Test
  void theDifferenceOfTwoReadingsIsWhatCameBetween() {
    succeed("main", SessionKind.NEW, Duration.ofSeconds(20));
    requests.variant("chat", "main").failed(OperationKind.INVOKE, FailureKind.MODEL_TIMEOUT);
    sessions.opened("chat");
    sessions.ended("chat", SessionMeters.End.CLOSED);
    Traffic before = chat();

    succeed("main", SessionKind.NEW, Duration.ofMillis(3));
    succeed("canary", SessionKind.NEW, Duration.ofMillis(3));
    requests.variant("chat", "main").failed(OperationKind.INVOKE, FailureKind.OVERLOADED);
    sessions.ended("chat", SessionMeters.End.EXPIRED_IDLE);
    Traffic between = chat().since(before);

    assertThat(between.requests()).isEqualTo(3);
    assertThat(between.failures()).containsExactly(Map.entry("overloaded", 1L));
    assertThat(between.opened()).isZero();
    assertThat(between.ended()).containsExactly(Map.entry("expired_idle", 1L));
    assertThat(between.firstBytes().count()).isEqualTo(2);
    assertThat(between.firstBytes().quantile(0.99)).isLessThan(0.01);
    assertThat(chat().since(chat()).firstBytes().quantile(0.5)).isNull();
  }

  /** The buckets around 3 ms end at 2.5 ms and 5 ms, those around 70 ms at 50 ms and 100 ms. */
  @Test
  void quantilesAreWhatPrometheusWouldSay() {
    for (int i = 0; i < 9; i++) {
      succeed("main", SessionKind.CONTINUED, Duration.ofMillis(3));
    }
    succeed("main", SessionKind.CONTINUED, Duration.ofMillis(70));
    Latencies latencies = chat().firstBytes();

    assertThat(latencies.quantile(0.5)).isCloseTo(0.0025 + 0.0025 * 5 / 9, MICROSECOND);
    assertThat(latencies.quantile(0.9)).isCloseTo(0.005, MICROSECOND);
    assertThat(latencies.quantile(0.99)).isCloseTo(0.05 + 0.05 * 0.9, MICROSECOND);
  }

  @Test
  void whatLiesBeyondTheLastBoundIsSaidToBeAtIt() {
    succeed("main", SessionKind.NEW, Duration.ofMinutes(10));

    assertThat(chat().firstBytes().quantile(0.5)).isEqualTo(60.0);
  }
}
