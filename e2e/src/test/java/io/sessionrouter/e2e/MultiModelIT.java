package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.local.Child;
import io.sessionrouter.local.Children;
import io.sessionrouter.local.Ports;
import io.sessionrouter.local.RouterPlan;
import io.sessionrouter.local.Service;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Many models behind one endpoint, loaded by real containers from real archives.
 *
 * <p>{@code zoo} has two containers with room for two models each; {@code solo} has one with room
 * for three, which fetches them over HTTP, and lets requests wait for hardly any time; {@code
 * plain} has a single model.
 */
@ExtendWith(SharedSystem.class)
class MultiModelIT {
  private static final Children CHILDREN = new Children(TestSystem.folder("multi-model"));
  private static final String ENDPOINT = "session-router.endpoints.";
  private static final List<String> ENDPOINTS = List.of("zoo", "solo", "plain");
  private static final String LOADED = "model_container_model_loads_total{outcome=\"ok\"";
  private static final int CLIENTS = 200;

  /** Enough for all these at the same time: a short request takes 1.5 MiB. */
  private static final String SESSION_MEMORY = "320M";

  private static final int archivePort = Ports.free();
  private static ModelArchives archives;
  private static List<Service> zoo;
  private static Service solo;
  private static RouterPlan router;

  @BeforeAll
  static void start(TestSystem system) throws Exception {
    archives = ModelArchives.in(TestSystem.folder("multi-model/archives"));
    zoo = List.of(container(system, "zoo-1", 2), container(system, "zoo-2", 2));
    solo = container(system, "solo", 3);
    List<Child> started =
        Stream.concat(zoo.stream(), Stream.of(solo)).map(CHILDREN::start).toList();
    started.forEach(Child::awaitReady);
    router = plan(system);
    startRouter(system, "router", router);
  }

  private static void startRouter(TestSystem system, String name, RouterPlan plan) {
    CHILDREN.startAndAwait(system.services().router(name, plan));
    ENDPOINTS.forEach(endpoint -> FleetHealth.awaitAll(plan.at(endpoint)));
  }

  private static Service container(TestSystem system, String name, int room) {
    return ModelArchives.container(system.services(), name, room, SESSION_MEMORY);
  }

  private static RouterPlan plan(TestSystem system) {
    Map<String, String> more = new HashMap<>();
    more.put(ENDPOINT + "zoo.models.prefix", archives.prefix());
    // Tests count loads: so no failed one is tried again, and no busy model is loaded twice.
    more.put(ENDPOINT + "zoo.models.retry-failed-after", "10m");
    more.put(ENDPOINT + "zoo.models.spread-at", "none");
    more.put(ENDPOINT + "solo.variants.main.instances", solo.url().toString());
    more.put(ENDPOINT + "solo.models.prefix", "http://127.0.0.1:" + archivePort);
    more.put(ENDPOINT + "solo.models.wait", "100ms");
    for (String endpoint : ENDPOINTS) {
      more.put(ENDPOINT + endpoint + ".health.timeout", "10s");
      more.put(ENDPOINT + endpoint + ".timeouts.connect", "5s");
    }
    String plain = system.containers().getFirst().url().toString();
    more.put(ENDPOINT + "plain.variants.main.instances", plain);
    List<URI> instances = zoo.stream().map(Service::url).toList();
    return new RouterPlan(Ports.free(), Ports.free(), system.redis(), "zoo", instances).with(more);
  }

  @AfterAll
  static void stop() {
    CHILDREN.close();
  }

  @TestFactory
  List<DynamicTest> whatBoto3Sees() throws Exception {
    return Pytest.run(
        "models",
        Map.of(
            "ROUTER_URL", router.url().toString(),
            "MANAGEMENT_URL", router.management().toString(),
            "ZOO_URLS", zoo.getFirst().url() + "," + zoo.getLast().url(),
            "SOLO_URL", solo.url().toString(),
            "MODELS", archives.models().toString(),
            "PACKED", archives.packed().toString(),
            "ARCHIVE_PORT", String.valueOf(archivePort)));
  }

  @Test
  void manyWhoAskAtOnceForAModelThatNobodyHasCostOneLoad() throws Exception {
    RouterClient client = new RouterClient(router).forModel(archives.add("popular.tar.gz"));
    double before = loads();

    List<Reply> replies = atOnce(client);

    assertThat(replies).hasSize(CLIENTS).extracting(Reply::status).containsOnly(200);
    assertThat(loads()).isEqualTo(before + 1);
  }

  private static List<Reply> atOnce(RouterClient client) {
    List<Future<Reply>> asked;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      asked = IntStream.range(0, CLIENTS).mapToObj(i -> threads.submit(client::stateless)).toList();
    }
    return asked.stream().map(Future::resultNow).toList();
  }

  @Test
  void aRouterThatStartsLaterAsksTheContainersWhatTheyHave(TestSystem system) throws Exception {
    RouterClient client = new RouterClient(router).forModel(archives.add("known.tar.gz"));
    String session = client.open().session();
    double before = loads();

    RouterPlan second = plan(system);
    startRouter(system, "router-later", second);
    RouterClient later = new RouterClient(second).forModel("known.tar.gz");

    later.stateless().requireStatus(200);
    later.ask(session).requireAnswer(RouterClient.REMEMBERED);
    later.close(session).requireStatus(200);
    client.ask(session).requireRefusal("closed");
    assertThat(loads()).isEqualTo(before);
  }

  /** Loads that the zoo's containers have done so far. */
  private static double loads() throws Exception {
    double all = 0;
    for (Service container : zoo) {
      all +=
          page(container.url().resolve("/q/metrics"))
              .lines()
              .filter(line -> line.startsWith(LOADED))
              .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
              .sum();
    }
    return all;
  }

  private static String page(URI url) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString()).body();
    }
  }
}
