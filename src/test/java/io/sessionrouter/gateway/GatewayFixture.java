package io.sessionrouter.gateway;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.sessionrouter.auth.Authenticator;
import io.sessionrouter.auth.Authenticators;
import io.sessionrouter.auth.quota.Quotas;
import io.sessionrouter.container.CloseCalls;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.domain.LoadMarks;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionCloser;
import io.sessionrouter.endpoint.EjectionSettings;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointPhase;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.HealthSettings;
import io.sessionrouter.endpoint.Limits;
import io.sessionrouter.endpoint.ModelsSettings;
import io.sessionrouter.endpoint.OpenHeader;
import io.sessionrouter.endpoint.SessionSettings;
import io.sessionrouter.endpoint.Timeouts;
import io.sessionrouter.endpoint.VariantSettings;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Fleet;
import io.sessionrouter.fleet.FleetView;
import io.sessionrouter.fleet.InstanceFailure;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.fleet.Placement;
import io.sessionrouter.fleet.Requester;
import io.sessionrouter.fleet.TestFleet;
import io.sessionrouter.gateway.http1.DataPort;
import io.sessionrouter.lifecycle.ContainerSessionCloser;
import io.sessionrouter.models.NoMarks;
import io.sessionrouter.models.TestModels;
import io.sessionrouter.session.LastTokens;
import io.sessionrouter.telemetry.RequestMeters;
import io.sessionrouter.telemetry.Telemetry;
import io.sessionrouter.testing.TestCa;
import io.sessionrouter.testing.TestRegistry;
import io.sessionrouter.testing.TestTls;
import io.sessionrouter.tls.ServerTlsSettings;
import io.sessionrouter.tls.Tls;
import io.sessionrouter.upstream.UpstreamSettings;
import io.vertx.core.Vertx;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** A data port over containers of a test's own, with sessions in memory. */
public final class GatewayFixture implements Closeable {
  static final String ENDPOINT = "chat";
  static final int MAX_BODY = 25_000_000;

  final FakeSessions sessions = new FakeSessions();
  final LastTokens lastTokens = new LastTokens();
  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  final List<Session> closedOnContainer = new CopyOnWriteArrayList<>();
  final List<Member> members = new ArrayList<>();
  final List<Member> failed = new CopyOnWriteArrayList<>();
  final List<InstanceFailure> failures = new CopyOnWriteArrayList<>();

  static {
    Leaks.watch();
  }

  private final EventLoopGroup loops;
  private final DataPort port;
  private final HeldMemory memory;
  private Vertx vertx;
  private TestModels models;
  private TestFleet live;
  private volatile Fleet present;
  private final Plan plan;

  /** What a test may set otherwise. */
  static final class Plan {
    boolean nio;
    Duration connect = Duration.ofMillis(500);
    Duration reach = Duration.ofMillis(600);
    Duration firstByte = Duration.ofSeconds(30);
    Duration stream = Duration.ofSeconds(60);
    Duration head = Duration.ofSeconds(10);
    Duration body = Duration.ofSeconds(10);
    Duration idle = Duration.ofSeconds(60);
    long maxBody = MAX_BODY;
    int maxConnections = 1000;
    Integer maxPerAddress;
    long memory = 64 << 20;
    Integer maxPerInstance;
    OpenHeader openHeader = OpenHeader.ROUTER;
    String closePayload = "{\"requestType\":\"CLOSE\"}";
    boolean closesOnContainers;
    String host = "127.0.0.1";
    AddressResolverGroup<?> resolver = DefaultAddressResolverGroup.INSTANCE;

    /** Checks health, ejects and places as the router does. */
    boolean live;

    EjectionSettings ejection = EjectionSettings.USUAL;
    TestTls clients = WireMode.clients();
    TestTls instances = WireMode.instances();
    boolean clientAuth;
    ModelsSettings models;
    LoadMarks marks = new NoMarks();
    Authenticator authenticator = Authenticators.none();
    Function<RequestMeters, Telemetry> telemetry = Telemetry::of;
  }

  static GatewayFixture over(RawServer... containers) throws Exception {
    return over(new Plan(), containers);
  }

  static GatewayFixture over(Plan plan, RawServer... containers) throws Exception {
    int[] ports = new int[containers.length];
    for (int i = 0; i < ports.length; i++) {
      ports[i] = containers[i].port();
    }
    return new GatewayFixture(plan, ports);
  }

  GatewayFixture(Plan plan, int... containerPorts) throws Exception {
    this.plan = plan;
    loops =
        Epoll.isAvailable() && !plan.nio ? new EpollEventLoopGroup(2) : new NioEventLoopGroup(2);
    EndpointCatalog catalog = catalog(plan, containerPorts);
    Tls tls = new Tls(serverTls(plan), catalog, registry(plan));
    if (plan.live || plan.models != null || plan.closesOnContainers) {
      vertx = Vertx.vertx();
    }
    if (plan.live) {
      live = new TestFleet(vertx, catalog, tls, sessions, registry);
      members.addAll(live.fleet().current().endpoint(ENDPOINT).members());
    }
    FleetView fleet = plan.live ? live.fleet() : fleet(catalog);
    SessionCloser closer =
        plan.closesOnContainers
            ? new ContainerSessionCloser(fleet, new CloseCalls(vertx, tls.instances()))
            : (endpoint, session) -> CompletableFuture.completedStage(true);
    if (plan.models != null) {
      models =
          new TestModels(
              vertx, catalog, fleet, sessions, sessions::modelsOn, registry, plan.marks, tls);
    }
    RequestMeters meters = new RequestMeters(registry);
    PathDependencies dependencies =
        PathDependencies.of(
            sessions,
            sessions,
            lastTokens,
            plan.authenticator,
            fleet,
            plan.live ? live.placement() : new FirstUntried(),
            models == null ? null : models.models(),
            (endpoint, session) -> {
              closedOnContainer.add(session);
              return closer.close(endpoint, session);
            },
            plan.telemetry.apply(meters),
            new Quotas(1, System::nanoTime),
            InstantSource.system());
    memory = new HeldMemory(plan.memory);
    port =
        new DataPort(
            loops,
            plan.resolver,
            dependencies,
            settings(plan),
            new UpstreamSettings(Duration.ofSeconds(4), 256),
            tls,
            memory);
    port.open().sync();
  }

  private static TestRegistry registry(Plan plan) {
    Map<String, TestTls> named = new HashMap<>();
    named.put("clients", plan.clients);
    named.put("instances", plan.instances);
    return new TestRegistry(named);
  }

  private static EndpointCatalog catalog(Plan plan, int[] ports) {
    List<URI> urls = new ArrayList<>();
    for (int port : ports) {
      String scheme = plan.instances == null ? "http" : "https";
      urls.add(URI.create(scheme + "://" + plan.host + ":" + port));
    }
    EndpointSettings endpoint =
        new EndpointSettings(
            ENDPOINT,
            List.of(new VariantSettings("main", 1, urls), new VariantSettings("b", 0, List.of())),
            new SessionSettings(
                Duration.ofMinutes(20),
                null,
                plan.maxPerInstance,
                plan.openHeader,
                plan.closePayload),
            new Limits(plan.maxBody),
            new Timeouts(plan.connect, plan.firstByte, plan.stream, plan.reach),
            new HealthSettings(
                "/ping",
                plan.live ? Duration.ofMillis(200) : Duration.ofSeconds(2),
                Duration.ofSeconds(2),
                plan.ejection),
            "instances",
            plan.models);
    return new EndpointCatalog(Map.of(ENDPOINT, endpoint));
  }

  private static DataPortSettings settings(Plan plan) {
    return new DataPortSettings(
        "127.0.0.1",
        0,
        plan.maxConnections,
        plan.maxPerAddress,
        plan.memory,
        plan.head,
        plan.body,
        plan.idle);
  }

  private static ServerTlsSettings serverTls(Plan plan) {
    return plan.clients == null
        ? ServerTlsSettings.NONE
        : new ServerTlsSettings("clients", plan.clientAuth);
  }

  private FleetView fleet(EndpointCatalog catalog) {
    EndpointSettings endpoint = catalog.get(ENDPOINT).settings();
    endpoint
        .variants()
        .getFirst()
        .instances()
        .forEach(url -> members.add(TestModels.healthy(Instance.at(ENDPOINT, "main", url))));
    present = new Fleet(Map.of(ENDPOINT, new EndpointFleet(endpoint, members)));
    return new FleetView() {
      @Override
      public Fleet current() {
        return present;
      }

      @Override
      public void failed(Member member, InstanceFailure failure, Requester by) {
        failed.add(member);
        failures.add(failure);
      }

      @Override
      public void answered(Member member, Requester by) {}
    };
  }

  /** As if it had come to this phase by the catalog; not for a live fleet. */
  void endpointIs(EndpointPhase phase) {
    present = new Fleet(Map.of(ENDPOINT, TestFleet.in(phase, present.endpoint(ENDPOINT))));
  }

  private static final class FirstUntried implements Placement {
    @Override
    public Member place(
        EndpointFleet endpoint,
        String variant,
        boolean opens,
        Collection<Member> tried,
        long prefix) {
      return endpoint.members().stream().filter(m -> !tried.contains(m)).findFirst().orElse(null);
    }

    @Override
    public RouterException refusal(EndpointFleet endpoint, String variant, boolean opens) {
      return new RouterException(FailureKind.NO_HEALTHY_INSTANCE, "No instance.");
    }
  }

  /**
   * A port on which nothing listens. Not one the system hands out: a connection to such a port may
   * be given the same one as its own, and meet itself.
   */
  static int deadPort() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 30_000);
      try (var free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return free.getLocalPort();
      } catch (IOException taken) {
        // Another one, then.
      }
    }
  }

  int port() {
    return port.port();
  }

  RawConnection connect() throws IOException {
    return plan.clients == null
        ? RawConnection.to(port())
        : RawConnection.to(port(), TestTls.trusting(TestCa.OURS).as(WireMode.CLIENT));
  }

  /** A session that lives on the given member, and the request line and headers to resume it. */
  Session bind(String id, int member, String bootId) {
    long now = System.currentTimeMillis();
    Session session =
        new Session(
            id,
            members.get(member).instance().id(),
            bootId,
            "main",
            "",
            "",
            now,
            now + 600_000,
            now);
    sessions.known.put(
        ENDPOINT + ":" + id, new io.sessionrouter.domain.SessionLookup.Found(session));
    return session;
  }

  /** A whole request with a fixed-length body. */
  static String post(String body, String... headers) {
    StringBuilder request =
        new StringBuilder("POST /endpoints/chat/invocations HTTP/1.1\r\nHost: router\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    return request + "Content-Length: " + body.length() + "\r\n\r\n" + body;
  }

  static String session(String id) {
    return "X-Amzn-SageMaker-Session-Id: " + id;
  }

  /** A container's whole response. */
  public static String ok(String body, String... headers) {
    return response("200 OK", body, headers);
  }

  static String response(String status, String body, String... headers) {
    StringBuilder response = new StringBuilder("HTTP/1.1 " + status + "\r\n");
    for (String header : headers) {
      response.append(header).append("\r\n");
    }
    return response + "Content-Length: " + body.length() + "\r\n\r\n" + body;
  }

  void announceEnd() {
    port.announceEnd();
  }

  CompletableFuture<Void> stopAccepting() {
    return port.stopAccepting();
  }

  void cut() {
    port.cut(Errors.stopping());
  }

  double outcomes(String outcome) {
    return registry.find("session_router_requests").tag("outcome", outcome).counters().stream()
        .mapToDouble(io.micrometer.core.instrument.Counter::count)
        .sum();
  }

  /** Requests that failed when the response had begun. */
  double broken() {
    return registry.find("session_router_responses_broken").counters().stream()
        .mapToDouble(io.micrometer.core.instrument.Counter::count)
        .sum();
  }

  /** What is held for clients, in bytes. */
  long held() {
    return memory.used();
  }

  double evicted() {
    return registry.find("session_router_connections_evicted").counters().stream()
        .mapToDouble(io.micrometer.core.instrument.Counter::count)
        .sum();
  }

  double inFlight() {
    return registry.get("session_router_requests_in_flight").gauge().value();
  }

  @Override
  public void close() {
    port.close();
    if (live != null) {
      live.close();
    }
    if (models != null) {
      models.close();
    }
    if (vertx != null) {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    Leaks.check();
  }
}
