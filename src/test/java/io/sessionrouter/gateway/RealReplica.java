package io.sessionrouter.gateway;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.sessionrouter.auth.Authenticators;
import io.sessionrouter.auth.quota.Quotas;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.HealthSettings;
import io.sessionrouter.endpoint.Limits;
import io.sessionrouter.endpoint.SessionSettings;
import io.sessionrouter.endpoint.Timeouts;
import io.sessionrouter.endpoint.VariantSettings;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.fleet.Placement;
import io.sessionrouter.fleet.ViewedFleet;
import io.sessionrouter.gateway.RawConnection.Message;
import io.sessionrouter.gateway.http1.DataPort;
import io.sessionrouter.session.LastTokens;
import io.sessionrouter.session.RedisReplica;
import io.sessionrouter.telemetry.RequestMeters;
import io.sessionrouter.telemetry.Telemetry;
import io.sessionrouter.testing.RedisProcess;
import io.sessionrouter.testing.TestRegistry;
import io.sessionrouter.tls.ServerTlsSettings;
import io.sessionrouter.tls.Tls;
import io.sessionrouter.upstream.UpstreamSettings;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One router of several: data port, fleet with its checks, and sessions in a real Redis. */
final class RealReplica implements AutoCloseable {
  private static final Duration TIME = Duration.ofSeconds(5);
  private static final long MEMORY = 64 << 20;

  final ViewedFleet fleet;
  final RedisReplica redis;
  private final EventLoopGroup loops = new NioEventLoopGroup(1);
  private final DataPort port;

  /**
   * @param checks how often it checks its instances
   * @param configured the ports of instances
   */
  RealReplica(Vertx vertx, RedisProcess redis, Duration checks, int... configured)
      throws Exception {
    EndpointCatalog catalog = catalog(checks, configured);
    Tls tls = new Tls(ServerTlsSettings.NONE, catalog(checks, configured), TestRegistry.EMPTY);
    this.fleet = new ViewedFleet(vertx, catalog, InstantSource.system());
    this.redis = new RedisReplica(vertx, redis, catalog.get("chat").settings());
    RequestMeters meters = new RequestMeters(new SimpleMeterRegistry());
    PathDependencies dependencies =
        PathDependencies.of(
            this.redis.sessions(),
            this.redis.health(),
            new LastTokens(),
            Authenticators.none(),
            fleet.view(),
            new FirstPlaceable(),
            null,
            (endpoint, session) -> CompletableFuture.completedStage(true),
            Telemetry.of(meters),
            new Quotas(1, System::nanoTime),
            InstantSource.system());
    port =
        new DataPort(
            loops,
            DefaultAddressResolverGroup.INSTANCE,
            dependencies,
            new DataPortSettings("127.0.0.1", 0, 100, null, MEMORY, TIME, TIME, TIME),
            new UpstreamSettings(TIME, 16),
            tls,
            new HeldMemory(MEMORY));
    port.open().sync();
    fleet.start();
  }

  private static EndpointCatalog catalog(Duration checks, int... ports) {
    List<URI> urls = new ArrayList<>();
    for (int instance : ports) {
      urls.add(URI.create("http://127.0.0.1:" + instance));
    }
    EndpointSettings endpoint =
        new EndpointSettings(
            "chat",
            List.of(new VariantSettings("main", 1, urls)),
            new SessionSettings(Duration.ofMinutes(20), null, null, "bye"),
            new Limits(1_000),
            new Timeouts(TIME, TIME, TIME),
            new HealthSettings("/ping", checks, TIME),
            "none");
    return new EndpointCatalog(Map.of("chat", endpoint));
  }

  /** The id of a session begun through this router. */
  String open() throws IOException {
    Message answer = send("NEW_SESSION");
    return answer.header("X-Amzn-SageMaker-New-Session-Id").split(";", -1)[0];
  }

  /** A request of a session through this router. */
  Message ask(String session) throws IOException {
    return send(session);
  }

  private Message send(String session) throws IOException {
    RawConnection client = RawConnection.to(port.port());
    try {
      client.write(GatewayFixture.post("x", GatewayFixture.session(session)));
      return client.readResponse();
    } finally {
      client.close();
    }
  }

  Member member() {
    return fleet.endpoint("chat").members().getFirst();
  }

  @Override
  public void close() {
    port.close();
    fleet.close();
    redis.close();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private static final class FirstPlaceable implements Placement {
    @Override
    public Member place(
        EndpointFleet endpoint,
        String variant,
        boolean opens,
        Collection<Member> tried,
        long prefix) {
      return endpoint.members().stream()
          .filter(m -> m.placeable() && !tried.contains(m))
          .findFirst()
          .orElse(null);
    }

    @Override
    public RouterException refusal(EndpointFleet endpoint, String variant, boolean opens) {
      return new RouterException(FailureKind.NO_HEALTHY_INSTANCE, "No instance.");
    }
  }
}
