package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.local.Child;
import io.sessionrouter.local.Children;
import io.sessionrouter.local.Ports;
import io.sessionrouter.local.RouterPlan;
import io.sessionrouter.local.Service;
import io.sessionrouter.local.Services;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Dashboards and alerts over a real Prometheus, which scrapes a router and its containers while
 * they work, and while one of them is lost and comes back.
 */
@ExtendWith(SharedSystem.class)
class MonitoringIT {
  private static final Path FOLDER = TestSystem.folder("monitoring");
  private static final Children CHILDREN = new Children(FOLDER);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> MODELS = List.of("facts-a.tar.gz", "facts-b.tar.gz");

  private static RouterPlan router;
  private static Child routerProcess;
  private static Collector collector;
  private static Restartable mortal;
  private static Service models;
  private static Prometheus prometheus;

  @BeforeAll
  static void start(TestSystem system) throws Exception {
    Services services = system.services();
    mortal = Restartable.start(CHILDREN, services.container("container-mortal", Ports.free()));
    models = ModelArchives.container(services, "container-models", 1, "64M");
    CHILDREN.startAndAwait(models);
    mortal.awaitReady();
    collector = Collector.start();
    List<URI> instances = List.of(system.containers().getFirst().url(), mortal.service().url());
    router = plan(system, instances);
    routerProcess = CHILDREN.startAndAwait(services.router("router", router));
    List<URI> scraped = Stream.concat(instances.stream(), Stream.of(models.url())).toList();
    prometheus = Prometheus.start(CHILDREN, FOLDER.resolve("prometheus"), router, scraped);
    awaitSeen("count_over_time(session_router_build_info[1m]) >= 2");
  }

  private static RouterPlan plan(TestSystem system, List<URI> instances) throws Exception {
    Map<String, String> properties =
        Map.ofEntries(
            Map.entry("quarkus.log.console.json.enabled", "true"),
            Map.entry("session-router.access-log", "true"),
            Map.entry("session-router.tracing.collector", collector.url().toString()),
            Map.entry("session-router.endpoints.watched.sessions.max-per-instance", "100"),
            Map.entry(
                "session-router.endpoints.down.variants.main.instances",
                "http://127.0.0.1:" + Ports.free()),
            Map.entry(
                "session-router.endpoints.brief.variants.main.instances",
                instances.getFirst().toString()),
            Map.entry("session-router.endpoints.brief.sessions.idle-timeout", "2s"),
            Map.entry(
                "session-router.endpoints.zoo.variants.main.instances", models.url().toString()),
            Map.entry("session-router.endpoints.zoo.models.prefix", twoModels()));
    int port = Ports.free();
    return new RouterPlan(port, Ports.free(), system.redis(), "watched", instances)
        .with(properties);
  }

  /** Where the bundled model lies packed, under two names. */
  private static String twoModels() throws Exception {
    ModelArchives archives = ModelArchives.in(FOLDER.resolve("models"));
    for (String name : MODELS) {
      archives.add(name);
    }
    return archives.prefix();
  }

  @AfterAll
  static void stop() {
    CHILDREN.close();
    collector.close();
  }

  @TestFactory
  List<DynamicTest> dashboardsAndAlerts() throws Exception {
    RouterClient client = new RouterClient(router);
    RouterClient brief = new RouterClient(router.at("brief"));
    String expiring = brief.open().session();
    work(client);
    loseAnInstance(client);
    awaitSeen("session_router_sessions_ended_total{cause='expired_idle'} > 0");
    brief.ask(expiring).requireRefusal("expired");
    work(client);
    new RouterClient(router.at("zoo")).forModel(MODELS.getLast()).open().session();
    awaitScrape();

    return Pytest.run("monitoring", Map.of("PROMETHEUS_URL", prometheus.url().toString()));
  }

  @Test
  void spansReachTheCollector() {
    new RouterClient(router).open().session();

    for (String text : List.of("invoke", "route", "store open", "container", "watched")) {
      await("a span with the text " + text).atMost(PATIENCE).until(() -> collector.has(text));
    }
    awaitSeen("session_router_build_info");
    await("exemplars").atMost(PATIENCE).until(prometheus::hasExemplars);
  }

  @Test
  void everyRequestIsOneLineOfJsonWithoutTheSessionsId() throws IOException {
    RouterClient client = new RouterClient(router);
    String session = client.open().session();
    client.ask(session).requireStatus(200);
    client.close(session).requireStatus(200);
    client.ask(session).requireStatus(400);

    Path log = routerProcess.log();
    await("the last request's line")
        .atMost(PATIENCE)
        .until(() -> Files.readString(log).contains("\"outcome\":\"session_closed\""));
    List<String> lines = Files.readAllLines(log);
    assertThat(lines).allMatch(line -> line.startsWith("{") && line.endsWith("}"));
    assertThat(lines)
        .filteredOn(line -> line.contains("\"loggerName\":\"io.sessionrouter.access\""))
        .allMatch(line -> line.contains("\"request\":\""))
        .anyMatch(
            line ->
                line.contains("\"endpoint\":\"watched\"")
                    && line.contains("\"outcome\":\"success\"")
                    && line.contains("\"trace\":\"")
                    && line.matches(".*\"session\":\"[0-9a-f]{12}\".*"));
    assertThat(lines).noneMatch(line -> line.contains(session));
  }

  /** A little of everything that clients do. */
  private static void work(RouterClient client) {
    client.stateless().requireStatus(200);
    client.stream().requireStatus(200);
    client.ask("never-heard-of").requireStatus(400);
    new RouterClient(router.at("down")).stateless().requireUnavailable();
    for (int i = 0; i < 3; i++) {
      String session = client.open().session();
      client.ask(session).requireAnswer(RouterClient.REMEMBERED);
      client.close(session).requireStatus(200);
    }
    useModels(new RouterClient(router.at("zoo")));
  }

  /** There is room for one: each drives the other out. */
  private static void useModels(RouterClient client) {
    for (String model : MODELS) {
      client.forModel(model).stateless().requireStatus(200);
    }
  }

  private static void loseAnInstance(RouterClient client) {
    String lost =
        await("a session on the container that will be killed")
            .atMost(PATIENCE)
            .until(() -> client.open().session(), s -> client.holds(mortal.service(), s));
    mortal.kill();
    awaitRefusal(client, lost, "gone");
    mortal.ensureRunning();
    await("the router to find it again")
        .atMost(PATIENCE)
        .until(() -> !client.manage("/v1/endpoints/watched/instances").body().contains("GONE"));
  }

  /** Until the router is sure that the instance is gone, it only puts clients off. */
  private static void awaitRefusal(RouterClient client, String session, String why) {
    await("session %s to be refused".formatted(why))
        .atMost(PATIENCE)
        .until(() -> client.ask(session).status() == 400);
    client.ask(session).requireRefusal(why);
  }

  /** What happened is in Prometheus, and the latest of it twice: a rate needs two samples. */
  private static void awaitScrape() {
    for (String cause : List.of("instance_new", "model_load")) {
      awaitSeen("session_router_cold_start_seconds_count{cause='%s'} > 0".formatted(cause));
    }
    awaitSeen("session_router_model_unloads_total > 0");
    awaitSeen("model_container_sessions{model!=''} > 0");
    awaitSeen("session_router_sessions_ended_total{cause='lost_gone'} > 0");
    awaitSeen("rate(session_router_affinity_lookups_total{result='expired'}[1m]) >= 0");
  }

  private static void awaitSeen(String query) {
    await(query).atMost(PATIENCE).until(() -> prometheus.finds(query));
  }
}
