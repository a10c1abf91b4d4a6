package io.sessionrouter.fleet.discovery;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.sessionrouter.endpoint.DiscoverySettings;
import io.sessionrouter.telemetry.DiscoveryMeters.Source;
import io.sessionrouter.testing.NameServer;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Look-ups against a real name server. */
class DnsWatchTest {
  private static final String HOST = "chat.models.svc.cluster.local";
  private static final String SERVICE = "_http._tcp." + HOST;

  private static Vertx vertx;

  private final Heard heard = new Heard();
  private final Shown shown = new Shown(Source.DNS);
  private NameServer names;
  private DnsLookup lookup;
  private DnsWatch watch;

  @BeforeAll
  static void openVertx() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void closeVertx() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, SECONDS);
  }

  @BeforeEach
  @SuppressWarnings("deprecation") // as the program does
  void startServer() throws Exception {
    names = new NameServer();
    EventLoopGroup loops = vertx.nettyEventLoopGroup();
    lookup =
        new DnsLookup(
            loops.next(),
            loops instanceof EpollEventLoopGroup,
            new SingletonDnsServerAddressStreamProvider(names.address()));
  }

  @AfterEach
  void stop() {
    if (watch != null) {
      watch.stop();
    }
    lookup.close();
    names.close();
  }

  @Test
  void everyAddressIsAnInstance() throws Exception {
    names.host(HOST, "10.0.0.2", "10.0.0.1");

    follow(HOST, 8080);

    heard.awaitLast("10.0.0.1:8080 10.0.0.1:8080 READY", "10.0.0.2:8080 10.0.0.2:8080 READY");
  }

  @Test
  void changesAreFound() throws Exception {
    names.host(HOST, "10.0.0.1");
    follow(HOST, 8080);
    heard.awaitLast("10.0.0.1:8080 10.0.0.1:8080 READY");

    names.host(HOST, "10.0.0.2");

    heard.awaitLast("10.0.0.2:8080 10.0.0.2:8080 READY");
  }

  @Test
  void ofTwoAddressFamiliesTheFirstHolds() throws Exception {
    names.host(HOST, "10.0.0.1", "fd00::1");

    follow(HOST, 8080);

    heard.awaitLast("10.0.0.1:8080 10.0.0.1:8080 READY");
  }

  @Test
  void ipv6IsTakenWhereThereIsNothingElse() throws Exception {
    names.host(HOST, "fd00::1");

    follow(HOST, 8080);

    heard.awaitLast("[fd00:0:0:0:0:0:0:1]:8080 [fd00:0:0:0:0:0:0:1]:8080 READY");
  }

  @Test
  void anAnswerTooLongForUdpIsAskedForAgain() throws Exception {
    String[] many =
        IntStream.rangeClosed(1, 200).mapToObj(i -> "10.0.1." + i).toArray(String[]::new);
    names.host(HOST, many);

    follow(HOST, 8080);

    await().atMost(Heard.PATIENT).until(() -> heard.last().size() == 200);
    assertThat(heard.lists).allSatisfy(list -> assertThat(list).hasSize(200));
    assertThat(names.overTcp()).isPositive();
  }

  @Test
  void srvRecordsTellNameAndPort() throws Exception {
    names.service(SERVICE, "chat-0." + HOST + ":8081", "chat-1." + HOST + ":8082");
    names.host("chat-0." + HOST, "10.0.0.1");
    names.host("chat-1." + HOST, "10.0.0.2");

    follow(SERVICE, 0);

    String zero = "chat-0." + HOST + ":8081 ";
    String one = "chat-1." + HOST + ":8082 ";
    heard.awaitLast(zero + "10.0.0.1:8081 READY", one + "10.0.0.2:8082 READY");

    names.host("chat-1." + HOST, "10.0.0.9");
    heard.awaitLast(zero + "10.0.0.1:8081 READY", one + "10.0.0.9:8082 READY");
  }

  @Test
  void aTargetWithoutAnAddressIsLeftOut() throws Exception {
    names.service(SERVICE, "chat-0." + HOST + ":8081", "chat-1." + HOST + ":8082");
    names.host("chat-1." + HOST, "10.0.0.2");

    follow(SERVICE, 0);

    heard.awaitLast("chat-1." + HOST + ":8082 10.0.0.2:8082 READY");
  }

  @Test
  void aNameThatDoesNotExistChangesNothing() throws Exception {
    names.host(HOST, "10.0.0.1");
    follow(HOST, 8080);
    heard.awaitLast("10.0.0.1:8080 10.0.0.1:8080 READY");

    names.host(HOST);
    awaitQueries(6);
    await().atMost(Heard.PATIENT).until(() -> shown.errors("no_records") > 0);
    assertThat(shown.connected()).isFalse();

    assertThat(heard.lists)
        .allSatisfy(l -> assertThat(l).containsExactly("10.0.0.1:8080 10.0.0.1:8080 READY"));
  }

  @Test
  void aBrokenServerChangesNothing() throws Exception {
    names.host(HOST, "10.0.0.1", "fd00::1");
    follow(HOST, 8080);
    heard.awaitLast("10.0.0.1:8080 10.0.0.1:8080 READY");

    names.broken(true);
    awaitQueries(6);
    await().atMost(Heard.PATIENT).until(() -> shown.errors("refused") > 0);
    int before = heard.lists.size();
    names.broken(false);

    await().atMost(Heard.PATIENT).until(() -> heard.lists.size() > before);
    assertThat(shown.errorsBut("refused")).isZero();
    assertThat(shown.queries()).isGreaterThanOrEqualTo(heard.lists.size());
    assertThat(heard.lists)
        .allSatisfy(l -> assertThat(l).containsExactly("10.0.0.1:8080 10.0.0.1:8080 READY"));
  }

  @Test
  void aServerThatDoesNotAnswerIsAskedAgain() throws Exception {
    names.host(HOST, "10.0.0.1");
    names.mute(true);
    follow(HOST, 8080);
    awaitQueries(1);
    assertThat(heard.lists).isEmpty();
    assertThat(shown.connected()).isFalse();
    await().atMost(Heard.PATIENT).until(() -> shown.errors("unreachable") > 0);

    names.mute(false);

    heard.awaitLast("10.0.0.1:8080 10.0.0.1:8080 READY");
    await().atMost(Heard.PATIENT).until(shown::connected);
  }

  private void follow(String name, int port) {
    watch =
        new DnsWatch(
            vertx,
            lookup,
            "chat",
            "main",
            new DiscoverySettings.Dns(name, port, Duration.ofMillis(50), false),
            heard,
            shown.feed,
            InstantSource.system());
    watch.start();
  }

  private void awaitQueries(int more) {
    int now = names.queries();
    await().atMost(Heard.PATIENT).until(() -> names.queries() >= now + more);
  }
}
