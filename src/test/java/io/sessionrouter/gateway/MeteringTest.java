package io.sessionrouter.gateway;

import static io.sessionrouter.gateway.GatewayFixture.ok;
import static io.sessionrouter.gateway.GatewayFixture.post;
import static io.sessionrouter.gateway.GatewayFixture.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Timer;
import io.sessionrouter.domain.Loss;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.fleet.Health;
import io.sessionrouter.gateway.RawConnection.Message;
import io.sessionrouter.session.LastTokens;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the meters say of requests on a wire of our own. */
@Tag("slow")
class MeteringTest {
  private static final String ID = "5b0c2f6e-0d5a-4d53-9d0e-1f6d3b7a9c11";

  @Test
  void splitsTheTimeToTheFirstByteBetweenContainerAndRouter() throws Exception {
    try (var container = RawServer.answering(ok("1234"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("hello"));
      client.readResponse();

      await().until(() -> count(rig, "request_duration") == 1);
      double whole = seconds(rig, "time_to_first_byte");
      double ofContainer = seconds(rig, "container_latency");
      assertThat(ofContainer).isPositive();
      assertThat(seconds(rig, "overhead")).isPositive();
      assertThat(ofContainer + seconds(rig, "overhead"))
          .isCloseTo(whole, org.assertj.core.data.Offset.offset(1e-6));
      assertThat(sum(rig, "request_bytes")).isEqualTo(5);
      assertThat(sum(rig, "response_bytes")).isEqualTo(4);
    }
  }

  @Test
  void aRequestIsQueuedUntilAContainerIsSentIt() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  assertThat(answer.await(20, TimeUnit.SECONDS)).isTrue();
                  c.write(ok("x"));
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("hello"));
      await().until(() -> !container.heads().isEmpty());
      assertThat(gauge(rig, "requests_queued")).isZero();
      assertThat(gauge(rig, "requests_in_flight")).isEqualTo(1);

      answer.countDown();
      client.readResponse();
      await().until(() -> gauge(rig, "requests_in_flight") == 0);
      assertThat(gauge(rig, "requests_queued")).isZero();
    }
  }

  @Test
  void aRequestThatNoContainerTakesLeavesTheQueueToo() throws Exception {
    try (var rig = new GatewayFixture(new GatewayFixture.Plan(), GatewayFixture.deadPort());
        var client = rig.connect()) {
      client.write(post("hello"));
      assertThat(client.readResponse().status()).isEqualTo(503);
      await().until(() -> gauge(rig, "requests_in_flight") == 0);
      assertThat(gauge(rig, "requests_queued")).isZero();
    }
  }

  @Test
  void countsTheTokensThatTheContainerTellsAndKeepsThemFromTheClient() throws Exception {
    try (var container =
            RawServer.answering(
                ok(
                    "x",
                    "X-Session-Router-Prompt-Tokens: 120",
                    "X-Session-Router-Cached-Tokens: 100"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("hello"));
      Message answer = client.readResponse();

      assertThat(sum(rig, "prompt_tokens")).isEqualTo(120);
      assertThat(sum(rig, "cached_tokens")).isEqualTo(100);
      assertThat(answer.header("X-Session-Router-Prompt-Tokens")).isNull();
      assertThat(answer.header("X-Session-Router-Cached-Tokens")).isNull();
    }
  }

  @Test
  void remembersTheTokensOfASessionsLastAnswerFromItsFirstOn() throws Exception {
    try (var container =
            RawServer.answering(
                ok(
                    "x",
                    "X-Amzn-SageMaker-Session-Id: abc; Expires=2999-01-01T00:00:00Z",
                    "X-Session-Router-Prompt-Tokens: 120",
                    "X-Session-Router-Cached-Tokens: 100"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("hello", session("NEW_SESSION")));
      assertThat(client.readResponse().status()).isEqualTo(200);

      await()
          .until(
              () ->
                  new LastTokens.Tokens(120, 100)
                      .equals(rig.lastTokens.of(GatewayFixture.ENDPOINT, "abc")));
      assertThat(rig.lastTokens.of("other", "abc")).isNull();
    }
  }

  @ParameterizedTest
  @CsvSource({"12,13", "-1,0", "12,x", "12,''", "1234567890,1", "12,"})
  void passesOverTokensThatCannotBeTrue(String prompt, String cached) throws Exception {
    String[] headers =
        cached == null
            ? new String[] {"X-Session-Router-Prompt-Tokens: " + prompt}
            : new String[] {
              "X-Session-Router-Prompt-Tokens: " + prompt,
              "X-Session-Router-Cached-Tokens: " + cached
            };
    try (var container = RawServer.answering(ok("x", headers));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("hello"));
      assertThat(client.readResponse().status()).isEqualTo(200);
      assertThat(sum(rig, "prompt_tokens")).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void tellsWhoKnewWhereTheSessionLives(boolean local) throws Exception {
    try (var container = RawServer.answering(ok("x"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      rig.sessions.cached = local;
      rig.bind(ID, 0, "");
      client.write(post("x", session(ID)));
      assertThat(client.readResponse().status()).isEqualTo(200);
      assertThat(lookups(rig, local ? "local_hit" : "redis_hit")).isEqualTo(1);
      assertThat(sum(rig, "affinity_lookups")).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"UNKNOWN,unknown", "EXPIRED,expired", "CLOSED,closed", "LOST,instance_lost"})
  void tellsWhyASessionHasNoInstance(Missing why, String result) throws Exception {
    try (var container = RawServer.answering(ok("x"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      rig.sessions.known.put("chat:" + ID, why);
      client.write(post("x", session(ID)));
      assertThat(client.readResponse().status()).isEqualTo(400);
      assertThat(lookups(rig, result)).isEqualTo(1);
    }
  }

  @Test
  void countsLookupsThatRedisDidNotAnswer() throws Exception {
    try (var container = RawServer.answering(ok("x"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      rig.sessions.cached = false;
      rig.sessions.away = true;
      client.write(post("x", session(ID)));
      assertThat(client.readResponse().status()).isEqualTo(503);
      assertThat(lookups(rig, "unavailable")).isEqualTo(1);
    }
  }

  @Test
  void tellsHowAnInstanceWasLost() throws Exception {
    try (var container = RawServer.answering(ok("x", "X-Session-Router-Boot-Id: second"));
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      rig.bind(ID, 0, "first");
      client.write(post("x", session(ID)));
      assertThat(client.readResponse().status()).isEqualTo(400);
      assertThat(rig.members.getFirst().health().state()).isNotEqualTo(Health.State.GONE);
      assertThat(rig.sessions.losses).containsExactly(Loss.RESTARTED);
    }
  }

  @Test
  void countsAStreamThatBreaksUnderItsFailureAndAsBroken() throws Exception {
    try (var container =
            RawServer.playing(
                c -> {
                  c.readRequest();
                  c.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
                  c.close();
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      client.write(post("x"));
      client.readHead();
      await().until(() -> rig.broken() == 1);
      assertThat(rig.outcomes("model_unusable")).isEqualTo(1);
      assertThat(sum(rig, "requests")).as("each request counts once").isEqualTo(1);
    }
  }

  private static double lookups(GatewayFixture rig, String result) {
    return rig
        .registry
        .find("session_router_affinity_lookups")
        .tag("result", result)
        .counters()
        .stream()
        .mapToDouble(io.micrometer.core.instrument.Counter::count)
        .sum();
  }

  private static double sum(GatewayFixture rig, String name) {
    return rig.registry.find("session_router_" + name).counters().stream()
        .mapToDouble(io.micrometer.core.instrument.Counter::count)
        .sum();
  }

  private static double gauge(GatewayFixture rig, String name) {
    return rig.registry.get("session_router_" + name).gauge().value();
  }

  private static long count(GatewayFixture rig, String name) {
    return rig.registry.find("session_router_" + name).timers().stream()
        .mapToLong(Timer::count)
        .sum();
  }

  private static double seconds(GatewayFixture rig, String name) {
    return rig.registry.find("session_router_" + name).timers().stream()
        .mapToDouble(timer -> timer.totalTime(TimeUnit.SECONDS))
        .sum();
  }
}
