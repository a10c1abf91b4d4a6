package io.sessionrouter.e2e;

import io.sessionrouter.local.Child;
import io.sessionrouter.local.Children;
import io.sessionrouter.local.FirstQuestion;
import io.sessionrouter.local.Installation;
import io.sessionrouter.local.Ports;
import io.sessionrouter.local.RouterPlan;
import io.sessionrouter.local.Service;
import io.sessionrouter.local.Services;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A Redis, two model containers and a router that run while tests use them. */
final class TestSystem implements AutoCloseable {
  private static final Path LOGS = Path.of("target", "end-to-end").toAbsolutePath();

  /** Each JVM that runs tests has a system of its own. */
  private static final Path SHARED = LOGS.resolve(System.getProperty("tests.of"));

  /** Processes of a minute end before the second compiler's work would pay. */
  private final Services services =
      new Services(Installation.current(), List.of("-XX:TieredStopAtLevel=1"));

  private final Children children = new Children(SHARED);
  private final Service redis =
      services.redis("redis", Ports.free(), SHARED.resolve("redis-data"), List.of("--save", ""));
  private final List<Service> containers =
      List.of(
          services.container("container-1", Ports.free()),
          services.container("container-2", Ports.free()));
  private final int scriptedPort = Ports.free();
  private final RouterPlan router = sharedRouter();

  private TestSystem() {}

  static TestSystem start() {
    TestSystem system = new TestSystem();
    system.children.start(system.redis);
    List<Child> started = new ArrayList<>();
    system.containers.forEach(container -> started.add(system.children.start(container)));
    started.forEach(Child::awaitReady);
    system.children.startAndAwait(system.services.router("router", system.router));
    new FirstQuestion(system.router.invocations()).awaitAnswer();
    return system;
  }

  /** Where a group of tests keeps its logs and data. */
  static Path folder(String name) {
    return LOGS.resolve(name);
  }

  Services services() {
    return services;
  }

  URI redis() {
    return redis.url();
  }

  List<Service> containers() {
    return containers;
  }

  RouterPlan router() {
    return router;
  }

  /** Where an instance of the endpoint {@code scripted} may listen, if a test has one. */
  int scriptedPort() {
    return scriptedPort;
  }

  /** A further router over the given Redis, in front of the containers of this system. */
  RouterPlan another(URI redisUrl) {
    return new RouterPlan(Ports.free(), Ports.free(), redisUrl, RouterPlan.ENDPOINT, urls());
  }

  private List<URI> urls() {
    return containers.stream().map(Service::url).toList();
  }

  /** Beside the model's, endpoints that always fail in one way, and one for scripted answers. */
  private RouterPlan sharedRouter() {
    Map<String, String> more =
        Map.of(
            "session-router.endpoints.down.variants.main.instances",
            "http://127.0.0.1:" + Ports.free(),
            "session-router.endpoints.small.variants.main.instances",
            containers.getFirst().url().toString(),
            "session-router.endpoints.small.limits.max-body",
            "1K",
            "session-router.endpoints.scripted.variants.main.instances",
            "http://127.0.0.1:" + scriptedPort,
            "session-router.endpoints.scripted.health.interval",
            "200ms");
    return another(redis.url()).with(more);
  }

  @Override
  public void close() {
    children.close();
  }
}
