package io.sessionrouter.app;

import static io.restassured.RestAssured.when;
import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.sessionrouter.endpoint.Endpoint;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.session.DrainListener;
import io.sessionrouter.session.RedisClients;
import io.sessionrouter.session.SessionEvents;
import io.sessionrouter.session.SessionModule;
import io.sessionrouter.session.SessionOptions;
import io.vertx.core.Vertx;
import io.vertx.redis.client.RedisOptions;
import jakarta.inject.Inject;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Draining over the whole application, with another replica's session room at the same Redis. */
@QuarkusTest
@QuarkusTestResource(value = RouterWithRedis.class, restrictToAnnotatedClass = true)
@Tag("slow")
class DrainTest extends DrainBehaviour {
  @Inject Vertx vertx;
  @Inject EndpointCatalog catalog;

  @ConfigProperty(name = "quarkus.redis.hosts")
  String redis;

  private final Map<String, Set<String>> heardElsewhere = new ConcurrentHashMap<>();

  @Test
  void otherReplicasHearOfIt() {
    SessionModule other = anotherReplica();
    try {
      await().until(() -> Set.of().equals(heardElsewhere.get("chat")));

      when().post(path()).then().statusCode(200);
      await().until(() -> Set.of(drained()).equals(heardElsewhere.get("chat")));

      other.drains().unmark("chat", drained()).toCompletionStage().toCompletableFuture().join();
      RunningRouter.awaitHealthy();
    } finally {
      other.stop().toCompletionStage().toCompletableFuture().join();
    }
  }

  private SessionModule anotherReplica() {
    DrainListener listener = heardElsewhere::put;
    SessionModule room =
        new SessionModule(
            new SessionModule.Surroundings(
                vertx,
                new RedisClients(vertx, new RedisOptions().setConnectionString(redis)),
                new EndpointCatalog(
                    catalog.all().stream()
                        .collect(Collectors.toMap(Endpoint::name, Endpoint::settings))),
                endpoint -> List.of(drained()),
                (endpoint, session) -> CompletableFuture.completedStage(true),
                SessionEvents.NONE,
                listener,
                InstantSource.system()),
            SessionOptions.DEFAULTS);
    room.start();
    return room;
  }
}
