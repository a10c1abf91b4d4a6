package io.sessionrouter.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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

  private static RouterPlan router;
  private static Child routerProcess;
  private static Collector collector;
  private static Restartable mortal;
  private static Prometheus prometheus;

  @BeforeAll
  static void start(TestSystem system) throws IOException {
    Services services = system.services();
    mortal = Restartable.start(CHILDREN, services.container("container-mortal", Ports.free()));
    mortal.awaitReady();
    collector = Collector.start();
    List<URI> instances = List.of(system.containers().getFirst().url(), mortal.service().url());
    router =
        new RouterPlan(Ports.free(), Ports.free(), system.redis(), "watched", instances)
            .with(
                Map.of(
                    "quarkus.log.console.json.enabled",
                    "true",
                    "session-router.access-log",
                    "true",
                    "session-router.tracing.collector",
                    collector.url().toString(),
                    "session-router.endpoints.watched.sessions.max-per-instance",
                    "100",
                    "session-router.endpoints.down.variants.main.instances",
                    "http://127.0.0.1:" + Ports.free(),
                    "session-router.endpoints.brief.variants.main.instances",
                    instances.getFirst().toString(),
                    "session-router.endpoints.brief.sessions.idle-timeout",
                    "2s"));
    routerProcess = CHILDREN.startAndAwait(services.router("router", router));
    prometheus = Prometheus.start(CHILDREN, FOLDER.resolve("prometheus"), router, instances);
    awaitSeen("count_over_time(session_router_build_info[1m]) >= 2");
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
    awaitSeen("session_router_cold_start_seconds_count > 0");
    awaitSeen("session_router_sessions_ended_total{cause='lost_gone'} > 0");
    awaitSeen("rate(session_router_affinity_lookups_total{result='expired'}[1m]) >= 0");
  }

  private static void awaitSeen(String query) {
    await(query).atMost(PATIENCE).until(() -> prometheus.finds(query));
  }
}
