package io.sessionrouter.e2e;

import io.sessionrouter.local.RouterPlan;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Routers as a load balancer sees them: it asks again and again which are ready. */
final class ReadyRouters implements AutoCloseable {
  private static final long INTERVAL_MILLIS = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final List<RouterPlan> routers;
  private final Map<RouterPlan, Boolean> ready = new ConcurrentHashMap<>();
  private final AtomicInteger turn = new AtomicInteger();
  private final HttpClient http = HttpClient.newHttpClient();
  private final ScheduledExecutorService checks = Executors.newScheduledThreadPool(1);

  /** Their readiness is known when this returns. */
  ReadyRouters(List<RouterPlan> routers) {
    this.routers = routers;
    routers.forEach(this::check);
    for (RouterPlan router : routers) {
      var _ =
          checks.scheduleWithFixedDelay(
              () -> check(router), INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void check(RouterPlan router) {
    HttpRequest request = HttpRequest.newBuilder(router.readiness()).timeout(PATIENCE).build();
    try {
      ready.put(router, http.send(request, BodyHandlers.discarding()).statusCode() == 200);
    } catch (IOException away) {
      ready.put(router, false);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The next ready one, in turn. */
  RouterPlan next() {
    for (int tries = 0; tries < routers.size(); tries++) {
      RouterPlan router = routers.get(Math.floorMod(turn.getAndIncrement(), routers.size()));
      if (ready.getOrDefault(router, false)) {
        return router;
      }
    }
    throw new IllegalStateException("no router is ready");
  }

  @Override
  public void close() {
    checks.shutdownNow();
    http.shutdownNow();
  }
}
