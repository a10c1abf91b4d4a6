package io.sessionrouter.gateway;

import static io.sessionrouter.gateway.GatewayFixture.ok;
import static io.sessionrouter.gateway.GatewayFixture.post;
import static io.sessionrouter.gateway.GatewayFixture.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.endpoint.EjectionSettings;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.fleet.TestFleet;
import io.sessionrouter.gateway.RawConnection.Message;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Nobody takes the fleet away from the others: health, ejection and placement over sockets. */
class FloorTest {
  private static final String POISON = "poison";
  private static final String POISONER = "127.0.0.66";

  /** So that what is out stays out for the test. */
  private static final EjectionSettings FOR_LONG =
      new EjectionSettings(0.5, Duration.ofHours(1), Duration.ofHours(1));

  /** Before the test's end. */
  private static void stop(RawServer server) throws IOException {
    server.close();
  }

  /** Does not survive one payload, as far as its client can see; else it is well. */
  private static RawServer well() throws IOException {
    return RawServer.playing(
        c -> {
          Message request = c.readRequest();
          while (request != null && !request.body().equals(POISON)) {
            c.write(ok("fine"));
            request = c.readRequest();
          }
          c.close();
        });
  }

  /** Passes its checks, and breaks every request. */
  private static RawServer broken() throws IOException {
    return RawServer.playing(
        c -> {
          Message request = c.readRequest();
          if (request != null && request.startLine().startsWith("GET /ping ")) {
            c.write(ok("fine", "Connection: close"));
          }
          c.close();
        });
  }

  private static GatewayFixture.Plan plan() {
    var plan = new GatewayFixture.Plan();
    plan.live = true;
    plan.ejection = FOR_LONG;
    plan.reach = Duration.ofSeconds(10);
    return plan;
  }

  private static void awaitHealthy(GatewayFixture rig, int members) {
    await().until(() -> rig.members.stream().filter(Member::placeable).count() == members);
  }

  private static int status(GatewayFixture rig, String from, String body, String... headers)
      throws IOException {
    try (var client = RawConnection.to(rig.port(), from)) {
      return client.write(post(body, headers)).readResponse().status();
    }
  }

  @Test
  void poisonNeitherPutsOutWhatIsWellNorHidesWhatIsBroken() throws Exception {
    try (var one = well();
        var two = well();
        var three = broken();
        var rig = GatewayFixture.over(plan(), one, two, three)) {
      awaitHealthy(rig, 3);
      Member sick = rig.members.get(2);
      int goodFailed = 0;
      for (int round = 0; round < 500 && !TestFleet.ejected(sick); round++) {
        assertThat(status(rig, POISONER, POISON)).isEqualTo(424);
        goodFailed += status(rig, "127.0.0.7", "hello") == 200 ? 0 : 1;
      }
      assertThat(TestFleet.ejected(sick)).as("one good client has shown it").isTrue();
      assertThat(goodFailed).as("and lost little").isLessThanOrEqualTo(10);

      for (int i = 0; i < 15; i++) {
        assertThat(status(rig, POISONER, POISON)).isEqualTo(424);
        assertThat(status(rig, "127.0.0.7", "hello")).isEqualTo(200);
        assertThat(status(rig, "127.0.0." + (8 + i), "hello")).isEqualTo(200);
      }
      assertThat(rig.members).filteredOn(TestFleet::ejected).containsExactly(sick);
    }
  }

  @Test
  void oneThatRefusesConnectionsFailsNobody() throws Exception {
    try (var one = well();
        var two = well();
        var three = well();
        var rig = GatewayFixture.over(plan(), one, two, three)) {
      awaitHealthy(rig, 3);
      stop(three);

      for (int i = 0; i < 60; i++) {
        assertThat(status(rig, POISONER, POISON)).isEqualTo(424);
        assertThat(status(rig, "127.0.0.7", "hello")).isEqualTo(200);
      }
    }
  }

  @Test
  void theLastInstanceStaysWhateverManyClientsSend() throws Exception {
    try (var container = well();
        var rig = GatewayFixture.over(plan(), container)) {
      awaitHealthy(rig, 1);
      for (int i = 0; i < 10; i++) {
        assertThat(status(rig, "127.0.0." + (60 + i), POISON)).isEqualTo(424);
      }

      assertThat(status(rig, "127.0.0.7", "hello")).isEqualTo(200);
    }
  }

  @Test
  void whatPassesItsChecksIsUsedRatherThanNothing() throws Exception {
    try (var one = well();
        var two = well();
        var rig = GatewayFixture.over(plan(), one, two)) {
      awaitHealthy(rig, 2);
      putOut(rig, one);
      stop(two);

      for (int i = 0; i < 20; i++) {
        assertThat(status(rig, "127.0.0.7", "hello")).isEqualTo(200);
      }
      assertThat(rig.registry.get("session_router_panic_placements").counter().count())
          .isPositive();
    }
  }

  @Test
  void anEjectedInstanceKeepsItsSessions() throws Exception {
    try (var one = well();
        var two = well();
        var rig = GatewayFixture.over(plan(), one, two)) {
      awaitHealthy(rig, 2);
      rig.bind("s-1", 0, "");
      putOut(rig, one);
      int before = one.heads().size();

      assertThat(status(rig, "127.0.0.7", "hello", session("s-1"))).isEqualTo(200);
      assertThat(one.heads().stream().skip(before)).anyMatch(head -> head.contains("s-1"));
    }
  }

  /** By sessions on it, each of another client. */
  private static void putOut(GatewayFixture rig, RawServer container) throws IOException {
    Member member = rig.members.getFirst();
    assertThat(member.instance().port()).isEqualTo(container.port());
    for (int i = 0; i < 3; i++) {
      rig.bind("poisoned-" + i, 0, "");
      status(rig, "127.0.0." + (60 + i), POISON, session("poisoned-" + i));
    }
    assertThat(TestFleet.ejected(member)).isTrue();
  }
}
