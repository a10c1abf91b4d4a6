package io.sessionrouter.session;

import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.testing.RedisProcess;
import io.vertx.core.Vertx;
import java.time.InstantSource;

/** One replica's sessions in a real Redis, for tests of other rooms. */
public final class RedisReplica implements AutoCloseable {
  private final Replica replica;

  public RedisReplica(Vertx vertx, RedisProcess redis, EndpointSettings endpoint) {
    InstantSource clock = InstantSource.system();
    replica =
        new Replica(vertx, redis.options(), clock, SessionOptions.DEFAULTS, endpoint).connected();
  }

  public Sessions sessions() {
    return replica.sessions;
  }

  public StoreHealth health() {
    return replica.room.health();
  }

  /** How many sessions this replica found lost. */
  public int lost() {
    return replica.told("lost");
  }

  @Override
  public void close() {
    replica.close();
  }
}
