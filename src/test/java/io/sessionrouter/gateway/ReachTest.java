package io.sessionrouter.gateway;

import static io.sessionrouter.fleet.InstanceFailure.CLOSED;
import static io.sessionrouter.fleet.InstanceFailure.CLOSED_IDLE;
import static io.sessionrouter.fleet.InstanceFailure.CONNECT_TIMEOUT;
import static io.sessionrouter.fleet.InstanceFailure.INSECURE;
import static io.sessionrouter.fleet.InstanceFailure.NOT_HTTP;
import static io.sessionrouter.fleet.InstanceFailure.NO_FIRST_BYTE;
import static io.sessionrouter.fleet.InstanceFailure.REFUSED;
import static io.sessionrouter.fleet.InstanceFailure.UNREACHABLE;
import static io.sessionrouter.gateway.GatewayFixture.ok;
import static io.sessionrouter.gateway.GatewayFixture.post;
import static io.sessionrouter.gateway.GatewayFixture.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import io.sessionrouter.fleet.InstanceFailure;
import io.sessionrouter.testing.TestCa;
import io.sessionrouter.testing.TestTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How an instance is reached, and how what goes wrong on the way is distinguished. */
@Tag("slow")
class ReachTest {
  private static final Duration LONG = Duration.ofSeconds(15);
  private static final String HEAD = "POST /endpoints/chat/invocations HTTP/1.1\r\nHost: r\r\n";

  // Connects are tried again

  /** More than their backlogs take, and for so long that connects time out. */
  @Test
  void aBurstFailsNobody() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.connect = Duration.ofMillis(250);
    plan.reach = LONG;
    plan.maxConnections = 2000;
    try (var one = new LateServer(100);
        var two = new LateServer(100);
        var rig = new GatewayFixture(plan, one.port(), two.port());
        var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<Integer> client =
          () -> {
            try (var connection = rig.connect()) {
              return connection.write(post("x")).readResponse().status();
            }
          };
      List<Future<Integer>> statuses = new ArrayList<>();
      Collections.nCopies(1000, client).forEach(c -> statuses.add(clients.submit(c)));
      await().until(() -> rig.failures.contains(CONNECT_TIMEOUT));
      one.begin();
      two.begin();

      for (Future<Integer> status : statuses) {
        assertThat(status.get()).isEqualTo(200);
      }
      assertThat(rig.failures).containsOnly(CONNECT_TIMEOUT);
      assertThat(rig.registry.get("session_router_connect_retries").counter().count()).isPositive();
    }
  }

  @Test
  void aSessionsConnectIsTriedAgainOnItsOwnInstance() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.connect = Duration.ofMillis(100);
    plan.reach = LONG;
    try (var other = RawServer.answering(ok("not here"));
        var full = new LateServer(1).fill();
        var rig = new GatewayFixture(plan, other.port(), full.port());
        var client = rig.connect()) {
      rig.bind("s-1", 1, "");
      client.write(post("x", session("s-1")));
      await().until(() -> rig.failures.contains(CONNECT_TIMEOUT));
      full.begin();

      assertThat(client.readResponse().body()).isEqualTo("at last");
      assertThat(other.heads()).isEmpty();
    }
  }

  @Test
  void aBodyThatComesWhileTheConnectIsTriedAgainIsNotLost() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.connect = LONG;
    try (var container = new LateServer(1);
        var rig = new GatewayFixture(plan, container.port());
        var client = rig.connect()) {
      client.write(post("x"));
      RawConnection idle = container.acceptOne();
      idle.readRequest();
      idle.write(ok("first"));
      client.readResponse();
      container.fill();

      client.write(HEAD + "Content-Length: 5\r\n\r\n");
      idle.readHead();
      idle.close();
      await().until(() -> rig.failures.contains(CLOSED_IDLE));
      client.write("hello");
      container.begin();

      assertThat(client.readResponse().body()).isEqualTo("at last");
    }
  }

  @Test
  void soIsOneThatWasRefused() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.reach = LONG;
    int port = GatewayFixture.deadPort();
    try (var rig = new GatewayFixture(plan, port);
        var bound = rig.connect();
        var unbound = rig.connect()) {
      rig.bind("s-1", 0, "");
      bound.write(post("x", session("s-1")));
      unbound.write(post("x"));
      await().until(() -> rig.failures.size() > 2);
      try (var back = new LateServer(port, 100)) {
        back.begin();

        assertThat(bound.readResponse().body()).isEqualTo("at last");
        assertThat(unbound.readResponse().body()).isEqualTo("at last");
        assertThat(rig.failures).containsOnly(REFUSED);
      }
    }
  }

  @Test
  void notForEver() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.connect = Duration.ofMillis(50);
    plan.reach = Duration.ofMillis(300);
    try (var full = new LateServer(1).fill();
        var rig = new GatewayFixture(plan, GatewayFixture.deadPort(), full.port());
        var client = rig.connect()) {
      client.write(post("x"));

      assertThat(client.readResponse().status()).isEqualTo(503);
      assertThat(rig.failures).contains(REFUSED, CONNECT_TIMEOUT).hasSizeLessThan(50);
      assertThat(rig.inFlight()).isZero();
    }
  }

  @Test
  void nobodyIsTriedAgainForAClientThatLeft() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.reach = Duration.ofHours(1);
    try (var rig = new GatewayFixture(plan, GatewayFixture.deadPort())) {
      try (var client = rig.connect()) {
        client.write(post("x"));
        await().until(() -> rig.failures.size() > 1);
      }
      await().until(() -> rig.inFlight() == 0);
      assertThat(rig.outcomes("client_gone")).isEqualTo(1);
    }
  }

  // What is sent again

  @Test
  void aRequestWhoseBodyWasNotSentGoesOnOverANewConnection() throws Exception {
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  c.write(ok("1"));
                  if (c.readHead() != null) {
                    c.close();
                  }
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("x"));
      assertThat(client.readResponse().body()).isEqualTo("1");
      client.write(HEAD + "Content-Length: 3\r\n\r\n");
      await().until(() -> rig.failures.contains(CLOSED_IDLE));
      client.write("abc");

      assertThat(client.readResponse().body()).isEqualTo("1");
      assertThat(container.heads()).hasSize(3);
      assertThat(container.connections()).hasSize(2);
    }
  }

  @Test
  void oneThatMayHaveBeenDoneIsNot() throws Exception {
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  c.write(ok("1"));
                  if (c.readRequest() != null) {
                    c.close();
                  }
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("x"));
      assertThat(client.readResponse().body()).isEqualTo("1");
      client.write(post("x"));

      assertThat(client.readResponse().status()).isEqualTo(424);
      assertThat(rig.failures).containsExactly(CLOSED_IDLE);
      assertThat(container.heads()).hasSize(2);
    }
  }

  // Failures are distinguished

  @Test
  void aCloseOnANewConnection() throws Exception {
    assertThat(failure("", c -> c.readRequest())).isEqualTo(CLOSED);
  }

  @Test
  void whatIsNotHttp() throws Exception {
    assertThat(failure("SSH-2.0-OpenSSH\r\n\r\n", c -> c.readRequest())).isEqualTo(NOT_HTTP);
  }

  @Test
  void aFirstByteThatDoesNotCome() throws Exception {
    assertThat(failure("", c -> c.skip(Long.MAX_VALUE))).isEqualTo(NO_FIRST_BYTE);
  }

  @Test
  void aHandshakeThatFails() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.instances = TestTls.trusting(TestCa.OURS);
    try (var plain = RawServer.plain(c -> c.write("This is not TLS.\r\n").close());
        var rig = GatewayFixture.over(plan, plain);
        var client = rig.connect()) {
      client.write(post("x"));

      assertThat(client.readResponse().status()).isEqualTo(503);
      assertThat(rig.failures).containsOnly(INSECURE);
    }
  }

  private static InstanceFailure failure(String answer, RawServer.Script reading) throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.firstByte = Duration.ofMillis(200);
    try (var container =
            RawServer.playing(
                c -> {
                  reading.play(c);
                  c.write(answer);
                  c.close();
                });
        var rig = GatewayFixture.over(plan, container);
        var client = rig.connect()) {
      client.write(post("x"));
      assertThat(client.readResponse().status()).isEqualTo(424);
      assertThat(rig.failures).hasSize(1);
      return rig.failures.getFirst();
    }
  }

  // Names

  @Test
  void everyAddressOfANameIsTried() throws Exception {
    try (var container = RawServer.answering(ok("x"))) {
      assertThat(overName(container, "127.0.0.2", "127.0.0.3", "127.0.0.1")).isEmpty();
    }
  }

  @Test
  void anAddressThatIsSilentHoldsUpTheOthersOnlyForAShareOfTheTime() throws Exception {
    try (var container = RawServer.answering(ok("x"));
        var silent = new Silent("127.0.0.2", container.port())) {
      assertThat(silent.isFull()).isTrue();
      assertThat(overName(container, "127.0.0.2", "127.0.0.1")).isEmpty();
    }
  }

  @Test
  void theOtherFamilyIsTriedToo() throws Exception {
    try (var container = RawServer.answering(ok("x"))) {
      assertThat(overName(container, "::1", "127.0.0.1")).isEmpty();
    }
  }

  @Test
  void aNameWithoutAddressesIsNotTheInstances() throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.host = "many.test";
    plan.resolver = new Names();
    try (var rig = new GatewayFixture(plan, 1);
        var client = rig.connect()) {
      client.write(post("x"));

      assertThat(client.readResponse().status()).isEqualTo(503);
      assertThat(rig.failures).containsOnly(UNREACHABLE);
    }
  }

  /** The failures on the way to an answer. */
  private static List<InstanceFailure> overName(RawServer container, String... addresses)
      throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.host = "many.test";
    plan.resolver = new Names(addresses);
    plan.connect = Duration.ofSeconds(4);
    try (var rig = GatewayFixture.over(plan, container)) {
      for (int i = 0; i < 2; i++) {
        try (var client = rig.connect()) {
          assertThat(client.write(post("x")).readResponse().status()).isEqualTo(200);
        }
      }
      assertThat(container.heads().getFirst()).contains("host: many.test:");
      return List.copyOf(rig.failures);
    }
  }

  /** Every name has these addresses. */
  private static final class Names extends AddressResolverGroup<InetSocketAddress> {
    private final List<String> addresses;

    Names(String... addresses) {
      this.addresses = List.of(addresses);
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
      return new InetNameResolver(executor) {
        @Override
        protected void doResolve(String name, Promise<InetAddress> promise) throws Exception {
          promise.setSuccess(all().getFirst());
        }

        @Override
        protected void doResolveAll(String name, Promise<List<InetAddress>> promise)
            throws Exception {
          promise.setSuccess(all());
        }
      }.asAddressResolver();
    }

    private List<InetAddress> all() throws UnknownHostException {
      if (addresses.isEmpty()) {
        throw new UnknownHostException("no addresses");
      }
      List<InetAddress> all = new ArrayList<>();
      for (String address : addresses) {
        all.add(InetAddress.getByName(address));
      }
      return all;
    }
  }

  /** An address that completes no handshake. */
  private static final class Silent implements AutoCloseable {
    private final ServerSocket listening;
    private final List<Socket> filling = new ArrayList<>();
    private boolean full;

    Silent(String address, int port) throws IOException {
      listening = new ServerSocket(port, 1, InetAddress.getByName(address));
      while (!full) {
        Socket socket = new Socket();
        filling.add(socket);
        try {
          socket.connect(listening.getLocalSocketAddress(), 200);
        } catch (IOException timeout) {
          full = true;
        }
      }
    }

    boolean isFull() {
      return full;
    }

    @Override
    public void close() throws IOException {
      for (Socket socket : filling) {
        socket.close();
      }
      listening.close();
    }
  }
}
