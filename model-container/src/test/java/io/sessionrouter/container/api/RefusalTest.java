package io.sessionrouter.container.api;

import static io.sessionrouter.container.api.TestContainer.longReply;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Counter;
import io.sessionrouter.container.api.TestContainer.Reply;
import io.sessionrouter.container.config.SettingException;
import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.generation.SequenceState;
import io.sessionrouter.container.model.ModelFolder;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every row of the error table, over HTTP. */
@Timeout(60)
@Tag("slow")
class RefusalTest {
  private static final long SESSION_BYTES =
      SequenceState.leastBytes(ModelFolder.open(TestContainer.FACTS).manifest().shape());
  private static final String LONG = "{\"inputs\":\"" + "x".repeat(5000) + "\"}";

  @Test
  void beforeTheModelIsLoadedItSaysSo() {
    try (var container =
        TestContainer.serving(
            () -> {
              throw Fault.NOT_READY.because("the model is still loading");
            })) {
      Reply ping = container.send("GET", "ping");

      assertThat(ping.status()).isEqualTo(503);
      assertThat(ping.message()).isEqualTo("the model is still loading");
      assertThat(ping.header("Retry-After")).isEqualTo("2");
      assertThat(ping.header(BootId.HEADER)).matches("[A-Za-z0-9]{16}");
      assertThat(container.open("hi").code()).isEqualTo("NOT_READY");
    }
  }

  @Test
  void afterTheModelIsLoadedPingSaysSo() {
    try (var container = TestContainer.serving(TestContainer.LLAMA)) {
      assertThat(container.send("GET", "ping").status()).isEqualTo(200);
    }
  }

  @Test
  void anEngineThatDiedIsNotReady() {
    try (var container = TestContainer.serving(TestContainer.LLAMA)) {
      container.model().loop().close();

      assertThat(container.send("GET", "ping").status()).isEqualTo(503);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "'' | {\"inputs\": | 400 | INVALID_REQUEST",
        "'' | {} | 400 | INVALID_REQUEST",
        "'' | {\"requestType\":\"CLOSE\"} | 400 | INVALID_REQUEST",
        "not_valid | {\"inputs\":\"a\"} | 400 | INVALID_REQUEST",
        "unknown | {\"inputs\":\"a\"} | 404 | SESSION_NOT_FOUND",
        "unknown | {\"requestType\":\"CLOSE\"} | 404 | SESSION_NOT_FOUND",
        "unknown | no json at all | 404 | SESSION_NOT_FOUND",
      })
  void badRequestsAreTold(String session, String body, int status, String code) {
    try (var container = TestContainer.serving(TestContainer.LLAMA)) {
      Reply reply = container.invoke(session, body);

      assertThat(reply.status()).as(reply.message()).isEqualTo(status);
      assertThat(reply.code()).isEqualTo(code);
      assertThat(reply.header(BootId.HEADER)).matches("[A-Za-z0-9]{16}");
      assertThat(reply.header("content-type")).isEqualTo("application/json");
      assertThat(container.model().sessions().size()).isZero();
    }
  }

  @Test
  void otherMethodsAreRefused() {
    try (var container = TestContainer.serving(TestContainer.LLAMA)) {
      assertThat(container.send("GET", "invocations").status()).isEqualTo(405);
      assertThat(container.send("POST", "ping").message()).contains("expected: GET");
    }
  }

  @Test
  void aFailedOpeningLeavesNoSession() {
    try (var container = TestContainer.serving(TestContainer.LLAMA)) {
      Reply reply = container.open("too long ".repeat(500));

      assertThat(reply.code()).isEqualTo("CONTEXT_TOO_LONG");
      assertThat(reply.header(SessionHeader.NAME)).isEmpty();
      assertThat(container.model().sessions().size()).isZero();
      assertThat(container.model().budget().used()).isZero();
    }
  }

  @Test
  void anExpiredSessionIsTold() {
    try (var container = TestContainer.serving(TestContainer.LLAMA, "model.session-ttl", "90s")) {
      String session = container.open("hello").session();
      container.clock.advance(Duration.ofSeconds(89));
      assertThat(container.say(session, "more").status()).isEqualTo(200);
      container.clock.advance(Duration.ofSeconds(1));

      Reply late = container.say(session, "more");

      assertThat(late.status()).isEqualTo(410);
      assertThat(late.code()).isEqualTo("SESSION_EXPIRED");
      await().until(() -> container.model().budget().used() == 0);
      assertThat(container.model().sessions().size()).as("reaped unasked").isZero();
    }
  }

  @Test
  void memoryThatIsUsedUpIsToldAndComesBackAfterAClose() {
    try (var container =
        TestContainer.serving(TestContainer.FACTS, "model.session-memory", sessions(2))) {
      String one = container.open("My cat is called Zebulon.").session();
      String two = container.open("").session();

      Reply full = container.open("");
      Reply alsoFull = container.stateless("hello");

      assertThat(full.status()).isEqualTo(507);
      assertThat(full.code()).isEqualTo("OUT_OF_SESSION_MEMORY");
      assertThat(full.message())
          .contains(
              "%s bytes needed, %s of %s in use".formatted(sessions(1), sessions(2), sessions(2)));
      assertThat(alsoFull.status()).isEqualTo(507);
      assertThat(container.say(one, "What is my cat called?").status()).isEqualTo(200);

      container.close(two);
      assertThat(container.open("").status()).isEqualTo(200);
    }
  }

  @Test
  void memoryForLessThanOneSessionIsAWrongSetting() {
    assertThatThrownBy(
            () -> TestContainer.serving(TestContainer.FACTS, "model.session-memory", "1M"))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("model.session-memory: 1048576")
        .hasMessageContaining("at least " + sessions(1));
  }

  @Test
  void aSessionThatMayNotGrowIsToldAndLivesOn() {
    try (var container =
        TestContainer.serving(TestContainer.FACTS, "model.session-memory", sessions(2))) {
      String session = container.open("My cat is called Zebulon.").session();

      Reply grown = container.say(session, "The river is long. ".repeat(60));

      assertThat(grown.code()).isEqualTo("OUT_OF_SESSION_MEMORY");
      assertThat(container.say(session, "What is my cat called?").text()).contains("Zebulon");
      assertThat(container.model().budget().used()).isEqualTo(SESSION_BYTES);
    }
  }

  @Test
  void idleSessionsGiveWayIfSoConfigured() {
    try (var container =
        TestContainer.serving(
            TestContainer.FACTS,
            "model.session-memory",
            sessions(1),
            "model.session-eviction",
            "lru",
            "model.session-eviction-min-idle",
            "30s")) {
      String old = container.open("").session();
      assertThat(container.open("").code()).isEqualTo("OUT_OF_SESSION_MEMORY");
      container.clock.advance(Duration.ofSeconds(30));

      assertThat(container.open("").status()).isEqualTo(200);
      assertThat(container.say(old, "hello").code()).isEqualTo("SESSION_EVICTED");
    }
  }

  @Test
  void oneRequestTooManyIsRefusedButACloseIsNot() {
    try (var container =
        TestContainer.serving(
            TestContainer.endlessFacts(),
            "model.max-concurrency",
            "1",
            "model.max-queue",
            "1",
            "model.max-new-tokens",
            "5")) {
      String idle = container.open("").session();
      List<CompletableFuture<Reply>> busy = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        busy.add(container.invokeAsync("", longReply("Go on.", 300)));
      }
      await().until(() -> container.model().loop().waiting() == 1);

      Reply refused = container.stateless("hello");
      Reply closed = container.close(idle);

      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.code()).isEqualTo("OVERLOADED");
      assertThat(refused.header("Retry-After")).isEqualTo("1");
      assertThat(closed.status()).isEqualTo(200);
      assertThat(busy).allMatch(each -> each.join().status() == 200);
      assertThat(container.stateless("hello").status()).isEqualTo(200);
    }
  }

  @Test
  void anAnswerThatTakesTooLongIsGivenUpAndTheSessionIsAsBefore() {
    try (var container =
        TestContainer.serving(
            TestContainer.endlessFacts(),
            "model.request-timeout",
            "1s",
            "model.max-new-tokens",
            "12")) {
      String session = container.open("My cat is called Zebulon.").session();
      Reply late = container.invoke(session, longReply("Go on.", 16_000));

      assertThat(late.status()).isEqualTo(504);
      assertThat(late.code()).isEqualTo("TIMEOUT");
      await().until(() -> container.model().loop().active() == 0);
      Reply next = container.say(session, "What is my cat called?");
      assertThat(next.text()).contains("Zebulon");
      assertThat(next.usage("prompt")).isLessThan(60);
    }
  }

  @Test
  void aBodyTooLargeIsRefused() {
    try (var container = TestContainer.serving(TestContainer.LLAMA, "model.max-body", "4096")) {
      Reply refused = container.invoke("", LONG);

      assertThat(refused.status()).isEqualTo(413);
      assertThat(refused.message()).contains("4096", "model.max-body");
    }
  }

  @Test
  void aBodyThatGrowsTooLargeIsRefusedToo() throws IOException {
    try (var container = TestContainer.serving(TestContainer.LLAMA, "model.max-body", "4096");
        var socket = new Socket(InetAddress.getLoopbackAddress(), container.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(head("Transfer-Encoding: chunked"));
      for (int i = 0; i < 5; i++) {
        out.write(("400\r\n" + "x".repeat(1024) + "\r\n").getBytes(StandardCharsets.UTF_8));
      }
      out.flush();

      assertThat(firstLine(socket)).contains("413");
    }
  }

  @Test
  void aBodyThatDoesNotComeIsNotWaitedForForever() throws IOException {
    try (var container = TestContainer.serving(TestContainer.LLAMA, "model.body-timeout", "1s");
        var socket = new Socket(InetAddress.getLoopbackAddress(), container.port())) {
      socket.getOutputStream().write(head("Content-Length: 100"));
      socket.getOutputStream().write('{');

      assertThat(firstLine(socket)).contains("408");
    }
  }

  /** The memory of so many small sessions. */
  private static String sessions(int count) {
    return Long.toString(count * SESSION_BYTES);
  }

  @Test
  void refusalsAreCounted() {
    try (var container = TestContainer.serving(TestContainer.LLAMA)) {
      container.stateless("");
      container.say("unknown", "hi");
      container.stateless("hello");

      // An answer is counted when it has left, which its client may see first.
      await()
          .untilAsserted(
              () -> {
                assertThat(requests(container, "unknown", "invalid_request")).isEqualTo(1);
                assertThat(requests(container, "unknown", "session_not_found")).isEqualTo(1);
                assertThat(requests(container, "stateless", "ok")).isEqualTo(1);
              });
    }
  }

  private static double requests(TestContainer container, String operation, String outcome) {
    return container
        .meters
        .find("model_container_requests")
        .tags("operation", operation, "outcome", outcome)
        .counters()
        .stream()
        .mapToDouble(Counter::count)
        .sum();
  }

  static byte[] head(String... headers) {
    return ("POST /invocations HTTP/1.1\r\nHost: test\r\n" + String.join("\r\n", headers))
        .concat("\r\n\r\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String firstLine(Socket socket) throws IOException {
    socket.setSoTimeout(20_000);
    var line = new StringBuilder();
    int next = socket.getInputStream().read();
    while (next >= 0 && next != '\r') {
      line.append((char) next);
      next = socket.getInputStream().read();
    }
    return line.toString();
  }
}
