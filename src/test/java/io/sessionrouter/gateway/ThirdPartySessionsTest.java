package io.sessionrouter.gateway;

import static io.sessionrouter.gateway.GatewayFixture.post;
import static io.sessionrouter.gateway.GatewayFixture.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.endpoint.OpenHeader;
import io.sessionrouter.gateway.RawConnection.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers that nobody here wrote open, go on with, and close sessions as they are. */
@Tag("slow")
class ThirdPartySessionsTest {
  private static final String NEW = "X-Amzn-SageMaker-New-Session-Id";
  private static final String CLOSED = "X-Amzn-SageMaker-Closed-Session-Id";
  private static final String NEW_SESSION = "{\"requestType\":\"NEW_SESSION\"}";
  private static final String CLOSE = "{\"requestType\":\"CLOSE\"}";

  private static GatewayFixture rig(ServerStub server, GatewayFixture.Plan plan) throws Exception {
    plan.clients = null;
    plan.instances = null;
    plan.closesOnContainers = true;
    return new GatewayFixture(plan, server.port());
  }

  private static GatewayFixture.Plan closing(String payload) {
    var plan = new GatewayFixture.Plan();
    plan.closePayload = payload;
    return plan;
  }

  private static Message ask(GatewayFixture rig, String body, String... headers)
      throws IOException {
    try (RawConnection client = rig.connect()) {
      return client.write(post(body, headers)).readResponse();
    }
  }

  private static String open(GatewayFixture rig, String body) throws IOException {
    return begun(ask(rig, body, session("NEW_SESSION")));
  }

  private static String begun(Message answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.header(NEW)).contains("; Expires=20");
    return answer.header(NEW).split(";", -1)[0];
  }

  @Test
  void aSequenceIsOpenedContinuedAndClosed() throws Exception {
    try (var server = new ServerStub.Sequences();
        var rig = rig(server, closing("0"))) {
      String id = open(rig, "7");
      assertThat(id).startsWith("ts-seq-");
      Message continued = ask(rig, "8", session(id));
      assertThat(continued.body()).isEqualTo("15");
      assertThat(continued.header(NEW)).isNull();
      assertThat(ask(rig, "0", session(id)).header(CLOSED)).isEqualTo(id);
      assertThat(ask(rig, "1", session(id)).body()).contains("is closed");
      assertThat(server.held()).isEmpty();
    }
  }

  @Test
  void theClientsHeaderIsNoSequence() throws Exception {
    var plan = closing("0");
    plan.openHeader = OpenHeader.FORWARD;
    try (var server = new ServerStub.Sequences();
        var rig = rig(server, plan)) {
      assertThat(ask(rig, "7", session("NEW_SESSION")).status()).isEqualTo(424);
    }
  }

  @Test
  void aSequenceThatNobodyAskedForIsTold() throws Exception {
    try (var server = new ServerStub.Sequences();
        var rig = rig(server, closing("0"))) {
      String id = begun(ask(rig, "5"));
      assertThat(ask(rig, "6", session(id)).body()).isEqualTo("11");
      assertThat(ask(rig, "0").header(NEW)).isNull();
      assertThat(server.held()).containsExactly(id);
    }
  }

  /** Else the server would be full of sequences that nobody knows. */
  @Test
  void sequencesThatCannotBeKeptMakeRoom() throws Exception {
    try (var server = new ServerStub.Sequences();
        var rig = rig(server, closing("0"))) {
      rig.sessions.away = true;
      for (int request = 0; request < 10; request++) {
        assertThat(ask(rig, "5").status()).isEqualTo(200);
        await().until(() -> server.held().isEmpty());
        assertThat(ask(rig, "5", session("NEW_SESSION")).status()).isEqualTo(530);
        await().until(() -> server.held().isEmpty());
      }
    }
  }

  @Test
  void aServerThatIsFullSaysSo() throws Exception {
    try (var server = new ServerStub.Sequences();
        var rig = rig(server, closing("0"))) {
      List<String> ids = new ArrayList<>();
      for (int number = 1; number <= 3; number++) {
        ids.add(open(rig, "1"));
      }
      Message full = ask(rig, "1", session("NEW_SESSION"));
      assertThat(full.status()).isEqualTo(424);
      assertThat(full.body()).contains("maxSequenceJobQueueSize");
      ask(rig, "0", session(ids.getFirst()));
      open(rig, "1");
    }
  }

  @Test
  void aPictureIsClosedByItsIdInTheBody() throws Exception {
    var plan = closing("{\"type\":\"close_session\",\"session_id\":\"{session-id}\"}");
    try (var server = new ServerStub.Pictures();
        var rig = rig(server, plan)) {
      String start = "{\"type\":\"start_session\",\"path\":\"cat.png\"}";
      String kept = open(rig, start);
      assertThat(ask(rig, "{\"type\":\"ask\"}", session(kept)).body()).isEqualTo("cat.png");

      rig.sessions.away = true;
      assertThat(ask(rig, start, session("NEW_SESSION")).status()).isEqualTo(530);
      await().until(() -> server.held().size() == 1);
      assertThat(server.held()).containsExactly(kept);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSessionOfTheStandardsIsOpenedContinuedAndClosed(OpenHeader header) throws Exception {
    var plan = closing(CLOSE);
    plan.openHeader = header;
    try (var server = new ServerStub.Standards();
        var rig = rig(server, plan)) {
      String id = open(rig, NEW_SESSION);
      assertThat(ask(rig, "{\"prompt\":\"hi\"}", session(id)).body()).contains("hi");
      assertThat(ask(rig, CLOSE, session(id)).header(CLOSED)).isEqualTo(id);
      assertThat(server.held()).isEmpty();
    }
  }

  @Test
  void aSessionThatOnlyTheBodyAsksForIsToldOrClosed() throws Exception {
    var plan = closing(CLOSE);
    plan.maxPerInstance = 2;
    try (var server = new ServerStub.Standards();
        var rig = rig(server, plan)) {
      String first = begun(ask(rig, NEW_SESSION));
      String second = begun(ask(rig, NEW_SESSION, session(first)));
      assertThat(server.held()).containsExactlyInAnyOrder(first, second);

      Message full = ask(rig, NEW_SESSION);
      assertThat(full.status()).isEqualTo(503);
      await().until(() -> server.held().size() == 2);
      assertThat(server.held()).containsExactlyInAnyOrder(first, second);
    }
  }
}
