package io.sessionrouter.gateway;

import static io.sessionrouter.gateway.GatewayFixture.post;
import static io.sessionrouter.gateway.GatewayFixture.response;
import static io.sessionrouter.gateway.GatewayFixture.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.gateway.RawConnection.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Containers that answer before they have the whole body, as most servers refuse a large one. */
@Tag("slow")
class EarlyAnswerTest {
  private static final int AT_ONCE = 6;
  private static final String TOO_LARGE =
      response("413 Payload Too Large", "at most 6 MB", "Connection: close");

  int times() {
    return 48;
  }

  /** More than the buffers of both sockets take. */
  String large() {
    return "x".repeat(8 * 1024 * 1024);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRefusalAtTheHeadArrivesAlthoughTheConnectionIsReset(boolean nio) throws Exception {
    var plan = new GatewayFixture.Plan();
    plan.nio = nio;
    try (var container = RawServer.playing(c -> refuse(c, TOO_LARGE));
        var rig = GatewayFixture.over(plan, container)) {
      assertThat(answers(rig, times())).hasSize(times()).allSatisfy(EarlyAnswerTest::saysWhy);
      assertThat(rig.failed).isEmpty();
      assertThat(rig.outcomes("model_error")).isEqualTo(times());
    }
  }

  /** Its end is that of the connection, and that is a reset. */
  @Test
  void noMatterHowLongItWouldHaveBeen() throws Exception {
    try (var container =
            RawServer.playing(
                c -> refuse(c, "HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\n\r\nat m"));
        var rig = GatewayFixture.over(container)) {
      assertThat(answers(rig, Math.min(times(), AT_ONCE)))
          .hasSize(Math.min(times(), AT_ONCE))
          .allSatisfy(
              answer -> {
                assertThat(answer.status()).isEqualTo(424);
                assertThat(answer.body()).contains("\"OriginalStatusCode\":413");
              });
      assertThat(rig.failed).isEmpty();
    }
  }

  @Test
  void theSessionOfTheRefusedRequestGoesOn() throws Exception {
    try (var container =
            RawServer.playing(
                c -> {
                  Message head = c.readHead();
                  if (head.header("content-length").equals("1")) {
                    c.write(GatewayFixture.ok("still here"));
                  } else {
                    c.write(TOO_LARGE);
                  }
                  c.close();
                });
        var rig = GatewayFixture.over(container)) {
      rig.bind("s-1", 0, "");
      saysWhy(answer(rig, large(), session("s-1")));
      assertThat(answer(rig, "x", session("s-1")).body()).isEqualTo("still here");
    }
  }

  @Test
  void anEarlySuccessArrivesToo() throws Exception {
    try (var container =
            RawServer.playing(c -> refuse(c, GatewayFixture.ok("enough", "Connection: close")));
        var rig = GatewayFixture.over(container)) {
      assertThat(answer(rig, large()).body()).isEqualTo("enough");
      assertThat(rig.failed).isEmpty();
    }
  }

  /** The rest of the body must not be taken for another request. */
  @Test
  void itsConnectionIsNotUsedAgain() throws Exception {
    try (var container =
            RawServer.playing(
                c -> {
                  c.readHead();
                  c.write(response("429 Too Many Requests", "later"));
                  c.skip(Long.MAX_VALUE);
                });
        var rig = GatewayFixture.over(container);
        var client = rig.connect()) {
      for (int i = 1; i <= 3; i++) {
        client.write(
            "POST /endpoints/chat/invocations HTTP/1.1\r\nHost: r\r\nContent-Length: 6\r\n\r\nabc");
        int expected = i;
        await().until(() -> container.heads().size() == expected);
        assertThat(client.readResponse().status()).isEqualTo(424);
        client.write("def");
      }
      assertThat(container.connections()).hasSize(3);
      assertThat(container.failures()).isEmpty();
      assertThat(rig.failed).isEmpty();
    }
  }

  /** Without a word, as when the process dies. */
  @Test
  void aResetWithoutAnAnswerIsTheContainers() throws Exception {
    try (var container =
            RawServer.playing(
                c -> {
                  c.readHead();
                  c.reset();
                });
        var rig = GatewayFixture.over(container)) {
      Message answer = answer(rig, large());
      assertThat(answer.status()).isEqualTo(424);
      assertThat(answer.body()).contains("closed the connection");
      assertThat(rig.failed).hasSize(1);
    }
  }

  private static void refuse(RawConnection connection, String answer) throws Exception {
    connection.readHead();
    connection.write(answer);
    connection.close();
  }

  private static void saysWhy(Message answer) {
    assertThat(answer.status()).isEqualTo(424);
    assertThat(answer.header("x-amzn-errortype")).isEqualTo("ModelError");
    assertThat(answer.body())
        .contains("\"OriginalStatusCode\":413", "\"OriginalMessage\":\"at most 6 MB\"");
  }

  private List<Message> answers(GatewayFixture rig, int times) throws Exception {
    List<Message> answers = new ArrayList<>();
    String large = large();
    try (var clients = Executors.newFixedThreadPool(AT_ONCE)) {
      Callable<Message> one = () -> answer(rig, large);
      for (Future<Message> each : clients.invokeAll(java.util.Collections.nCopies(times, one))) {
        answers.add(each.get());
      }
    }
    return answers;
  }

  private static Message answer(GatewayFixture rig, String body, String... headers)
      throws Exception {
    try (var client = rig.connect()) {
      client.write(post(body, headers));
      return client.readResponse();
    }
  }
}
