package io.sessionrouter.session;

import io.quarkus.proxy.ProxyConfigurationRegistry;
import io.quarkus.redis.runtime.client.VertxRedisClientFactory;
import io.quarkus.redis.runtime.client.config.RedisConfig;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.tls.TlsConfigurationRegistry;
import io.sessionrouter.domain.SessionCloser;
import io.sessionrouter.domain.Settings;
import io.sessionrouter.telemetry.SessionMeters;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** The session room as a part of the application, over the Redis of {@code quarkus.redis.*}. */
@Singleton
final class SessionService {
  private static final Logger LOG = Logger.getLogger(SessionService.class);
  private static final int BEFORE_THE_DATA_PORT = 200;
  private static final long STOP_SECONDS = 2;

  private final SessionRoom room;

  SessionService(
      Vertx vertx,
      RedisConfig redis,
      TlsConfigurationRegistry tls,
      ProxyConfigurationRegistry proxies,
      Settings settings,
      SessionOptions options,
      KnownInstances instances,
      SessionCloser closer,
      SessionMeters meters) {
    String name = RedisConfig.DEFAULT_CLIENT_NAME;
    Supplier<Redis> clients =
        () ->
            VertxRedisClientFactory.create(name, vertx, redis.clients().get(name), tls, proxies);
    this.room =
        new SessionRoom(
            new SessionRoom.Surroundings(
                vertx,
                clients,
                settings.endpoints().values(),
                instances,
                closer,
                new MeteredEvents(meters),
                InstantSource.system()),
            options);
  }

  void start(@Observes @Priority(BEFORE_THE_DATA_PORT) StartupEvent event) {
    room.start();
  }

  /** The last uses are written down, unless Redis is too slow for that. */
  void stop(@Observes ShutdownEvent event) throws InterruptedException {
    try {
      room.stop().toCompletionStage().toCompletableFuture().get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException unwritten) {
      LOG.debugf("The last uses of sessions were not written down: %s", unwritten);
    }
  }

  @Produces
  @Singleton
  Sessions sessions() {
    return room.sessions();
  }

  @Produces
  @Singleton
  SessionListing listing() {
    return room.listing();
  }

  @Produces
  @Singleton
  StoreHealth health() {
    return room.health();
  }
}
