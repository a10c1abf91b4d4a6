package io.sessionrouter.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.telemetry.DiscoveryMeters.Source;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All meters together: they are rows of the table, and a large fleet's scrape stays small. */
@SuppressWarnings("deprecation") // the registry that Quarkus brings
class MetersTest {
  private static final int ENDPOINTS = 50;
  private static final int MULTI_MODEL = 10;
  private static final int INSTANCES = 500;
  private static final int TWO_MEGABYTES = 2 << 20;
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
      instance("endpoint-with-a-name-" + i % ENDPOINTS, "variant-" + i % 3, "model-5f6c7d8e9-" + i)
          .draining(i % 10 == 0);
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
    instance("chat", "main", "a:1").draining(true);
    fleet.failed("chat", "main", "closed");
    requests.variant("chat", "main").connectsAgain();
    requests.expiries("chat").replaced(ExpiryMeters.Reason.CUT);
    fleet.panicPlacement("chat", "main");
    new DiscoveryMeters(registry)
        .feed("chat", "main", DiscoveryMeters.Source.DNS, java.time.InstantSource.system());
    new MetersProducer().announce(new io.quarkus.runtime.StartupEvent(), registry, "1.0");

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

  /** As when a pod is replaced under its name: the new one is there before the old one leaves. */
  @Test
  void anInstanceThatTakesAnothersPlaceIsShownWithItsOwnReadings() {
    FleetMeters.Key key = new FleetMeters.Key("chat", "main", "model-chat-0");
    FleetMeters.Shown old =
        fleet.show(key, new FleetMeters.Readings(() -> false, () -> 64, () -> 9));
    old.state("GONE");
    old.draining(true);
    old.slots(64);

    FleetMeters.Shown next =
        fleet.show(key, new FleetMeters.Readings(() -> true, () -> 2, () -> 1));
    next.state("HEALTHY");
    next.slots(32);
    old.remove();
    old.remove();

    String labels = "{endpoint=\"chat\",model_instance=\"model-chat-0\",";
    assertThat(registry.scrape())
        .contains("session_router_instance_sessions" + labels + "variant=\"main\",} 2.0")
        .contains("session_router_instance_session_slots" + labels + "variant=\"main\",} 32.0")
        .contains("session_router_instance_healthy" + labels + "variant=\"main\",} 1.0")
        .contains("session_router_instance_requests_in_flight" + labels + "variant=\"main\",} 1.0")
        .contains("session_router_instance_state" + labels + "state=\"healthy\"")
        .doesNotContain("state=\"gone\"")
        .doesNotContain("session_router_instance_draining{");

    next.remove();
    assertThat(registry.scrape()).doesNotContain("model-chat-0");
  }

  /** Whatever is made anew under its labels is what is read from then on. */
  @Test
  void theLatestSourceOfAGaugeIsTheOneThatIsRead() {
    sessions.remembered("chat", () -> 1);
    sessions.remembered("chat", () -> 2);
    models.show("chat", "main", () -> 1);
    models.show("chat", "main", () -> 2);
    store.available(() -> false);
    store.available(() -> true);
    discovery.feed("chat", "main", Source.DNS, InstantSource.system());
    discovery.feed("chat", "main", Source.DNS, InstantSource.system()).succeeded();

    assertThat(registry.get(Metric.NEAR_CACHE_ENTRIES.id()).gauge().value()).isEqualTo(2);
    assertThat(registry.get(Metric.MODELS_LOADED.id()).gauge().value()).isEqualTo(2);
    assertThat(registry.get(Metric.STORE_AVAILABLE.id()).gauge().value()).isOne();
    assertThat(registry.get(Metric.DISCOVERY_CONNECTED.id()).gauge().value()).isOne();
  }

  /** To Prometheus a series that begins with the first failure never rose. */
  @Test
  void whatRulesAskForIsThereBeforeItHappens() {
    requests.expect("chat");
    fleet.expect("chat");

    String fault = "session_router_request_faults_total{endpoint=\"chat\",fault=\"%s\",} 0.0";
    assertThat(registry.scrape())
        .contains(fault.formatted("none"))
        .contains(fault.formatted("client"))
        .contains(fault.formatted("model"))
        .contains(fault.formatted("router"))
        .contains("operation=\"invoke\",outcome=\"no_session_slot\",variant=\"\",} 0.0")
        .contains("operation=\"response_stream\",outcome=\"no_session_slot\",variant=\"\",} 0.0")
        .contains("session_router_cold_start_seconds_count{cause=\"instance_new\"");
  }

  @Test
  void everyOutcomeAndFaultThatARuleNamesIsThereFromTheStart() throws Exception {
    requests.expect("chat");

    String rules = Files.readString(Path.of("grafana/alerts.yaml"));
    Matcher named =
        Pattern.compile("session_router_requests?_\\w+\\{[^}]*(outcome|fault)(=~?)\"([^\"]*)\"")
            .matcher(rules);
    int rulesSeen = 0;
    while (named.find()) {
      for (String value : named.group(3).split("\\|", -1)) {
        rulesSeen++;
        assertThat(registry.getMeters())
            .as("%s %s", named.group(1), value)
            .anyMatch(meter -> value.equals(meter.getId().getTag(named.group(1))));
      }
    }
    assertThat(rulesSeen).isGreaterThanOrEqualTo(5);
  }

  @ParameterizedTest
  @EnumSource
  void everyFailureIsCountedByItsFault(FailureKind failure) {
    requests.variant("chat", "main").failed(OperationKind.INVOKE, failure);
    requests.variant("chat", "").broken(OperationKind.RESPONSE_STREAM, failure);

    assertThat(faults(failure.fault().label())).isEqualTo(2);
    assertThat(registry.find(Metric.REQUEST_FAULTS.id()).counters())
        .extracting(Counter::count)
        .containsExactlyInAnyOrder(2.0, 0.0, 0.0, 0.0);
  }

  @Test
  void whatNobodyIsToBlameForCountsAsNoFault() {
    requests.variant("chat", "main").succeeded(OperationKind.INVOKE, SessionKind.NEW, 1);
    requests.variant("chat", "main").clientGone(OperationKind.INVOKE);

    assertThat(faults("none")).isEqualTo(2);
  }

  private double faults(String fault) {
    return registry.get(Metric.REQUEST_FAULTS.id()).tag("fault", fault).counter().count();
  }

  private void models(String endpoint, String variant) {
    models.show(endpoint, variant, () -> 1);
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
    requests.expect(endpoint);
    sessions.opened(endpoint);
    for (SessionMeters.End end : SessionMeters.End.values()) {
      sessions.ended(endpoint, end);
    }
    sessions.remembered(endpoint, () -> 7);
    sessions.owned(
        List.of(new PrincipalMeters.Count(new PrincipalMeters.Owned(endpoint, "notebook"), 1)));
    requests.throttled(endpoint, "notebook", FailureKind.THROTTLED_RATE);
    fleet.instanceStarted(endpoint, Duration.ofSeconds(20));
    fleet.migrated(endpoint, 3);
    discovery.feed(endpoint, variant, Source.KUBERNETES, InstantSource.system()).asked();
  }

  private FleetMeters.Shown instance(String endpoint, String variant, String id) {
    FleetMeters.Key key = new FleetMeters.Key(endpoint, variant, id);
    FleetMeters.Shown shown =
        fleet.show(key, new FleetMeters.Readings(() -> true, () -> 12, () -> 3));
    shown.state("HEALTHY");
    shown.slots(100);
    for (String state : List.of("HEALTHY", "UNHEALTHY", "GONE", "left")) {
      fleet.changed(key, state);
    }
    return shown;
  }

  private void store() {
    requests.heldMemory(() -> 1_000, () -> 10_000);
    requests.evicted("idle");
    store.available(() -> true);
    store.writable(() -> true);
    List.of("get", "set", "evalsha", "eval", "publish", "zadd", "zrem", "zcard", "zrangebyscore")
        .forEach(command -> store.command(command, 1_000));
    store.failed(StoreMeters.StoreError.UNSENT);
    store.failed(StoreMeters.StoreError.UNANSWERED);
    store.connected("commands");
    store.disconnected("changes");
    AuthMeters auth = new AuthMeters(registry);
    auth.watch(() -> true, () -> 1);
    auth.distinguished(true);
    ConfigurationMeters configuration = new ConfigurationMeters(registry);
    configuration.current(() -> true);
    configuration.applied();
    configuration.refused();
  }
}
