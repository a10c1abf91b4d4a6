package io.sessionrouter.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.telemetry.DiscoveryMeters.Source;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** All meters together: they are rows of the table, and a large fleet's scrape stays small. */
class MetersTest {
  private static final int ENDPOINTS = 50;
  private static final int MULTI_MODEL = 10;
  private static final int INSTANCES = 500;
  private static final int TWO_MEGABYTES = 2_000_000;
  private static final Map<String, Metric> TABLE =
      Arrays.stream(Metric.values()).collect(Collectors.toMap(Metric::id, Function.identity()));

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final RequestMeters requests = new RequestMeters(registry);
  private final SessionMeters sessions = new SessionMeters(registry);
  private final StoreMeters store = new StoreMeters(registry);
  private final FleetMeters fleet = new FleetMeters(registry);
  private final ModelMeters models = new ModelMeters(registry);
  private final DiscoveryMeters discovery = new DiscoveryMeters(registry);

  @Test
  void aFleetOf500InstancesAnd50EndpointsIsScrapedInTwoMegabytes() {
    store();
    for (int e = 0; e < ENDPOINTS; e++) {
      endpoint("endpoint-with-a-name-" + e, "variant-" + e % 3);
    }
    for (int e = 0; e < MULTI_MODEL; e++) {
      models("endpoint-with-a-name-" + e, "variant-" + e % 3);
    }
    for (int i = 0; i < INSTANCES; i++) {
      instance("endpoint-with-a-name-" + i % ENDPOINTS, "variant-" + i % 3, "model-5f6c7d8e9-" + i);
    }

    String scrape = registry.scrape();

    assertThat(scrape.lines().filter(line -> line.startsWith("session_router_instance_healthy{")))
        .hasSize(INSTANCES);
    assertThat(scrape.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(TWO_MEGABYTES);
  }

  @Test
  void everyRowCanBeMadeAndNothingElseIs() {
    store();
    endpoint("chat", "main");
    models("chat", "main");
    instance("chat", "main", "a:1");
    new DiscoveryMeters(registry)
        .feed("chat", "main", DiscoveryMeters.Source.DNS, java.time.InstantSource.system());
    new Meters().announce(new io.quarkus.runtime.StartupEvent(), registry, "1.0");

    assertThat(registry.getMeters().stream().map(m -> m.getId().getName()).distinct().toList())
        .containsExactlyInAnyOrderElementsOf(TABLE.keySet());
    registry.getMeters().forEach(MetersTest::hasTheLabelsOfItsRow);
  }

  private static void hasTheLabelsOfItsRow(Meter meter) {
    List<String> labels = meter.getId().getTags().stream().map(Tag::getKey).toList();
    assertThat(labels)
        .as("labels of %s", meter.getId())
        .containsExactlyInAnyOrderElementsOf(TABLE.get(meter.getId().getName()).labels());
  }

  @Test
  void anInstanceIsShownInOneStateAndNotAfterItLeft() {
    FleetMeters.Shown shown = instance("chat", "main", "a:1");
    shown.state("GONE");
    assertThat(registry.scrape())
        .contains("state=\"gone\"")
        .doesNotContain("state=\"healthy\"")
        .contains("session_router_instance_sessions{");

    shown.remove();
    assertThat(registry.scrape()).doesNotContain("model_instance=\"a:1\"");
  }

  private void models(String endpoint, String variant) {
    models.watch(endpoint, variant, () -> 1);
    models.loaded(endpoint, variant, 1);
    models.loadFailed(endpoint, variant, FailureKind.MODEL_NOT_FOUND, 1);
    models.coldStart(endpoint, 1);
    models.waited(endpoint, variant, 1);
    models.unloaded(endpoint, variant);
  }

  private void endpoint(String endpoint, String variant) {
    VariantMeters meters = requests.variant(endpoint, variant);
    for (SessionKind kind : SessionKind.values()) {
      meters.firstByte(kind, 2_000, 1_000);
      meters.succeeded(OperationKind.INVOKE, kind, 3_000);
      meters.succeeded(OperationKind.RESPONSE_STREAM, kind, 3_000);
    }
    for (FailureKind failure : FailureKind.values()) {
      meters.failed(OperationKind.INVOKE, failure);
    }
    meters.broken(OperationKind.RESPONSE_STREAM, FailureKind.MODEL_UNUSABLE);
    meters.clientGone(OperationKind.INVOKE);
    meters.moved(10, 20);
    meters.tokens(10, 5);
    for (AffinityMeters.Result result : AffinityMeters.Result.values()) {
      requests.affinity(endpoint).found(result);
    }
    sessions.opened(endpoint);
    for (SessionMeters.End end : SessionMeters.End.values()) {
      sessions.ended(endpoint, end);
    }
    sessions.remembered(endpoint, () -> 7);
    fleet.instanceStarted(endpoint, Duration.ofSeconds(20));
    fleet.migrated(endpoint, 3);
    discovery.feed(endpoint, variant, Source.KUBERNETES, InstantSource.system()).asked();
  }

  private FleetMeters.Shown instance(String endpoint, String variant, String id) {
    FleetMeters.Key key = new FleetMeters.Key(endpoint, variant, id);
    FleetMeters.Shown shown =
        fleet.show(key, new FleetMeters.Readings(() -> true, () -> 12, 100, () -> 3));
    shown.state("HEALTHY");
    for (String state : List.of("HEALTHY", "UNHEALTHY", "GONE", "left")) {
      fleet.changed(key, state);
    }
    return shown;
  }

  private void store() {
    store.available(() -> true);
    store.writable(() -> true);
    List.of("get", "set", "evalsha", "eval", "publish", "zadd", "zrem", "zcard", "zrangebyscore")
        .forEach(command -> store.command(command, 1_000));
    store.failed(StoreMeters.Error.UNSENT);
    store.failed(StoreMeters.Error.UNANSWERED);
    store.connected("commands");
    store.disconnected("changes");
  }
}
