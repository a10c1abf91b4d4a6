package io.sessionrouter.session;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.domain.LoadMarks;
import io.sessionrouter.domain.ModelsInUse;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionCloser;
import io.sessionrouter.domain.StartOrder;
import io.sessionrouter.domain.StopOrder;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.telemetry.SessionMeters;
import io.sessionrouter.telemetry.StoreMeters;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Makes the session room part of the application: builds it, begins it when the application starts,
 * and ends it when it stops.
 */
@Singleton
class SessionProducer {
  private static final Logger LOG = Logger.getLogger(SessionProducer.class);

  private static final int STOP_SECONDS = 3;

  /**
   * @param client not used; that Quarkus makes it is what shows its options
   * @param instances asked only when needed, as {@code closer} and {@code drains}: all may lead
   *     back to sessions
   */
  @Produces
  @Singleton
  SessionModule room(
      Vertx vertx,
      Redis client,
      ConfiguredRedis redis,
      EndpointCatalog catalog,
      Instance<KnownInstances> instances,
      Instance<SessionCloser> closer,
      SessionEvents events,
      Instance<DrainListener> drains,
      SessionOptions options) {
    return new SessionModule(
        new SessionModule.Surroundings(
            vertx,
            new RedisClients(vertx, redis.options()),
            catalog,
            new LateInstances(instances),
            new LateCloser(closer),
            events,
            new LateDrains(drains),
            InstantSource.system()),
        options);
  }

  @Produces
  @Singleton
  Sessions sessions(SessionModule room) {
    return room.sessions();
  }

  @Produces
  @Singleton
  SessionListing listing(SessionModule room) {
    return room.listing();
  }

  @Produces
  @Singleton
  ModelsInUse modelsInUse(SessionModule room) {
    return new ListedModels(room.listing());
  }

  @Produces
  @Singleton
  DrainMarks drains(SessionModule room) {
    return room.drains();
  }

  @Produces
  @Singleton
  LoadMarks loadMarks(SessionModule room) {
    return room.loadMarks();
  }

  @Produces
  @Singleton
  StoreHealth health(SessionModule room) {
    return room.health();
  }

  @Produces
  @Singleton
  SessionEvents events(SessionMeters meters, LossCounts losses, StoreMeters store) {
    return new MeteredEvents(meters, losses, store);
  }

  @Produces
  @Singleton
  LossCounts losses() {
    return new LossCounts();
  }

  @Produces
  @Singleton
  EndedSessions endedSessions(SessionModule room) {
    return room.ended();
  }

  void begin(@Observes @Priority(StartOrder.SESSIONS) StartupEvent event, SessionModule room) {
    room.start();
  }

  void end(@Observes @Priority(StopOrder.SESSIONS) ShutdownEvent event, SessionModule room) {
    try {
      room.stop().toCompletionStage().toCompletableFuture().get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warnf("last uses of sessions not written cause=%s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record LateInstances(Instance<KnownInstances> bean) implements KnownInstances {

    @Override
    public Collection<String> of(String endpoint) {
      return bean.get().of(endpoint);
    }
  }

  private record LateCloser(Instance<SessionCloser> bean) implements SessionCloser {

    @Override
    public CompletionStage<Boolean> close(String endpoint, Session session) {
      return bean.get().close(endpoint, session);
    }
  }

  private record LateDrains(Instance<DrainListener> bean) implements DrainListener {

    @Override
    public void drained(String endpoint, Set<String> instances) {
      bean.get().drained(endpoint, instances);
    }
  }
}
