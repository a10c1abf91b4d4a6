package io.sessionrouter.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.testing.Configured;
import jakarta.inject.Inject;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What endpoints leave behind in the whole application when they have been removed: nothing. */
@QuarkusTest
@QuarkusTestResource(
    value = EndpointsComeAndGoQuarkusTest.WithRedis.class,
    restrictToAnnotatedClass = true)
@Tag("slow")
@SuppressWarnings("deprecation") // the registry that Quarkus has
class EndpointsComeAndGoQuarkusTest {
  private static final int ENDPOINTS = 1000;
  private static final Duration PATIENT = Duration.ofMinutes(2);

  /** What a thousand endpoints leave in caches that are bounded anyway; one takes far more. */
  private static final long FEW_BYTES = 8 << 20;

  @Inject EndpointCatalog catalog;
  @Inject PrometheusMeterRegistry registry;

  private record Held(int endpoints, int meters, int threads, long files, long heap) {}

  /** Read at once: each reading looks at all keys. */
  private static Collection<EndpointSettings> endpoints(String prefix, int count) {
    Map<String, String> keys = new HashMap<>();
    keys.put(Configured.HOST, "127.0.0.1");
    IntStream.range(0, count).forEach(i -> keys.putAll(endpoint(prefix + i, i)));
    return new Configured(keys, Map.of()).settings().endpoints().values();
  }

  /** Four instances at which nothing listens; every other kind has idle sessions or models. */
  private static Map<String, String> endpoint(String name, int number) {
    String key = "session-router.endpoints." + name + ".";
    Map<String, String> keys = new HashMap<>();
    keys.put(
        key + "variants.main.instances",
        "http://127.0.0.1:1,http://127.0.0.2:1,http://127.0.0.3:1,http://127.0.0.4:1");
    keys.put(key + "health.interval", "1m");
    if (number % 3 == 1) {
      keys.put(key + "sessions.idle-timeout", "5m");
    }
    if (number % 3 == 2) {
      keys.put(key + "models.prefix", "s3://bucket/" + name);
    }
    if (number % 10 == 0) {
      keys.put(key + "variants.found.dns.name", "localhost");
      keys.put(key + "variants.found.dns.port", "1");
    }
    return keys;
  }

  @Test
  void theHeapTheMetersTheThreadsAndTheFilesAreWhereTheyWere() throws IOException {
    addAndRemove("warm", 30);
    Held before = held();

    addAndRemove("many", ENDPOINTS);

    eventually()
        .untilAsserted(
            () -> {
              Held after = held();
              assertThat(after.endpoints).isEqualTo(before.endpoints);
              assertThat(after.meters).isLessThanOrEqualTo(before.meters);
              assertThat(after.threads).isLessThanOrEqualTo(before.threads + 2);
              assertThat(after.files).isLessThanOrEqualTo(before.files + 8);
              assertThat(after.heap).isLessThan(before.heap + FEW_BYTES);
            });
  }

  private void addAndRemove(String prefix, int count) {
    int before = metersOfEndpoints();
    endpoints(prefix, count).forEach(catalog::put);
    eventually().until(() -> metersOfEndpoints() > before + 10 * count);
    IntStream.range(0, count).forEach(i -> catalog.retire(prefix + i));
    eventually().until(() -> catalog.all().stream().noneMatch(e -> e.name().startsWith(prefix)));
  }

  /** Looking at thousands of meters and collecting garbage takes as long as what is waited for. */
  private static ConditionFactory eventually() {
    return await().atMost(PATIENT).pollInterval(Duration.ofSeconds(1));
  }

  private int metersOfEndpoints() {
    return (int)
        registry.getMeters().stream()
            .filter(meter -> meter.getId().getTag("endpoint") != null)
            .count();
  }

  private Held held() throws IOException {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return new Held(
          catalog.all().size(),
          metersOfEndpoints(),
          ManagementFactory.getThreadMXBean().getThreadCount(),
          files.count(),
          runtime.totalMemory() - runtime.freeMemory());
    }
  }

  /** What runs around the application, which this test starts within its own JVM to count in it. */
  public static class WithRedis implements QuarkusTestResourceLifecycleManager {
    private final RouterWithRedis around = new RouterWithRedis();

    @Override
    public Map<String, String> start() {
      return around.start();
    }

    @Override
    public void stop() {
      around.stop();
    }
  }
}
