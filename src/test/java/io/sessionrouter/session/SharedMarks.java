package io.sessionrouter.session;

import io.sessionrouter.domain.LoadMarks;
import io.sessionrouter.domain.Loss;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** One replica's load marks in a real Redis, for tests of other rooms. */
public final class SharedMarks implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final SessionModule room;

  public SharedMarks(RedisOptions redis) {
    room =
        new SessionModule(
            new SessionModule.Surroundings(
                vertx,
                new RedisClients(vertx, redis),
                new EndpointCatalog(Map.of()),
                endpoint -> List.of(),
                (endpoint, session) -> CompletableFuture.completedFuture(true),
                new Unheard(),
                (String endpoint, Set<String> instances) -> {},
                InstantSource.system()),
            SessionOptions.DEFAULTS);
    room.start();
    Replica.await("redis", () -> room.health().available());
  }

  public LoadMarks marks() {
    return room.loadMarks();
  }

  @Override
  public void close() {
    Replica.get(room.stop());
    Replica.get(vertx.close());
  }

  private static final class Unheard implements SessionEvents {
    @Override
    public void opened(String endpoint) {}

    @Override
    public void closed(String endpoint) {}

    @Override
    public void lost(String endpoint, String instance, Loss why) {}

    @Override
    public void expired(String endpoint, Expiry expiry) {}
  }
}
