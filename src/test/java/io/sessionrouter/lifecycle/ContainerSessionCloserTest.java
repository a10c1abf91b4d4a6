package io.sessionrouter.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.container.CloseCalls;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.domain.Session;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.HealthSettings;
import io.sessionrouter.endpoint.Limits;
import io.sessionrouter.endpoint.SessionSettings;
import io.sessionrouter.endpoint.Timeouts;
import io.sessionrouter.endpoint.VariantSettings;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Fleet;
import io.sessionrouter.fleet.FleetView;
import io.sessionrouter.fleet.InstanceFailure;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.fleet.Requester;
import io.sessionrouter.gateway.GatewayFixture;
import io.sessionrouter.gateway.RawConnection;
import io.sessionrouter.gateway.RawServer;
import io.sessionrouter.models.TestModels;
import io.sessionrouter.testing.TestRegistry;
import io.sessionrouter.tls.ServerTlsSettings;
import io.sessionrouter.tls.Tls;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What a container is sent when its session is to be closed. */
class ContainerSessionCloserTest {
  private static final Duration TIME = Duration.ofSeconds(5);

  @Test
  void sendsTheConfiguredPayload() throws Exception {
    assertThat(sent("{\"requestType\":\"CLOSE\"}", "ts-seq-1"))
        .isEqualTo("{\"requestType\":\"CLOSE\"}");
  }

  /** As the handlers of AWS's LLaVA example want it. */
  @Test
  void namesTheSessionWhereThePayloadAsksForIt() throws Exception {
    assertThat(sent("{\"type\":\"close_session\",\"session_id\":\"{session-id}\"}", "ts-seq-1"))
        .isEqualTo("{\"type\":\"close_session\",\"session_id\":\"ts-seq-1\"}");
    assertThat(sent("{session-id}/{session-id}", "a")).isEqualTo("a/a");
  }

  /** An id that a container made may be anything. */
  @Test
  void escapesTheIdAsJson() throws Exception {
    assertThat(sent("{\"id\":\"{session-id}\"}", "a\"b\\c")).isEqualTo("{\"id\":\"a\\\"b\\\\c\"}");
  }

  private static String sent(String payload, String id) throws Exception {
    List<String> bodies = new CopyOnWriteArrayList<>();
    Vertx vertx = Vertx.vertx();
    try (RawServer container =
        RawServer.plain(
            connection -> {
              RawConnection.Message request = connection.readRequest();
              if (request != null) {
                assertThat(request.header("X-Amzn-SageMaker-Session-Id")).isEqualTo(id);
                bodies.add(request.body());
                connection.write(GatewayFixture.ok("closed"));
              }
            })) {
      EndpointCatalog catalog = catalog(payload, container.port());
      EndpointSettings endpoint = catalog.endpoints().get("chat");
      Instance instance =
          Instance.at("chat", "main", endpoint.variants().getFirst().instances().getFirst());
      Member member = TestModels.healthy(instance);
      var closer =
          new ContainerSessionCloser(
              fleet(new Fleet(Map.of("chat", new EndpointFleet(endpoint, List.of(member))))),
              new CloseCalls(
                  vertx,
                  new Tls(ServerTlsSettings.NONE, catalog, new TestRegistry(Map.of()))
                      .instances()));
      var session = new Session(id, instance.id(), "", "main", "", "", 0, Long.MAX_VALUE, 0);
      assertThat(closer.close("chat", session).toCompletableFuture().get()).isTrue();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
    assertThat(bodies).hasSize(1);
    return bodies.getFirst();
  }

  private static EndpointCatalog catalog(String payload, int port) {
    EndpointSettings endpoint =
        new EndpointSettings(
            "chat",
            List.of(
                new VariantSettings("main", 1, List.of(URI.create("http://127.0.0.1:" + port)))),
            new SessionSettings(TIME, null, null, payload),
            new Limits(1),
            new Timeouts(TIME, TIME, TIME),
            new HealthSettings("/ping", TIME, TIME),
            "javax.net.ssl");
    return new EndpointCatalog(Map.of("chat", endpoint));
  }

  private static FleetView fleet(Fleet fleet) {
    return new FleetView() {
      @Override
      public Fleet current() {
        return fleet;
      }

      @Override
      public void failed(Member member, InstanceFailure why, Requester of) {}

      @Override
      public void answered(Member member, Requester by) {}
    };
  }
}
