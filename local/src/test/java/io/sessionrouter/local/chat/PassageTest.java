package io.sessionrouter.local.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the page's calls on their way to the router and back. */
class PassageTest extends ServerTest {
  private static final String STREAM_HEAD =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";

  @Test
  void aCallReachesTheRouterWithWhatItNeedsAndNothingElse() throws Exception {
    try (Wire browser = call("Content-Length: 2", "X-Amzn-SageMaker-Session-Id: abc");
        Wire router = router()) {
      browser.send("{}");

      assertThat(router.readTo("{}").split("\r\n"))
          .startsWith("POST " + PATH + " HTTP/1.1")
          .contains("content-length: 2", "x-amzn-sagemaker-session-id: abc", "connection: close")
          .contains("host: " + scene().router().getAuthority())
          .contains("authorization: Bearer " + KEY)
          .noneMatch(line -> line.startsWith("cookie") || line.startsWith("user-agent"))
          .noneMatch(line -> line.startsWith("origin") || line.startsWith("sec-"));
    }
  }

  @Test
  void aCallComesWithTheServersKeyWhateverTheBrowserSends() throws Exception {
    try (Wire browser = call("Authorization: Bearer other");
        Wire router = router()) {
      browser.send("");

      assertThat(router.readHead())
          .contains("authorization: Bearer " + KEY + "\r\n")
          .doesNotContain("other");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {PATH, PATH + "-response-stream", "/endpoints/a-1/invocations"})
  void everyInvocationIsPassed(String path) throws Exception {
    try (Wire browser = browser().lines("POST " + path + " HTTP/1.1", host()).send("\r\n");
        Wire router = router()) {
      assertThat(router.readHead()).startsWith("POST " + path + " HTTP/1.1\r\n");

      router.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").hangUp();
      assertThat(browser.readAll()).endsWith("{}");
    }
  }

  @Test
  void theFirstPartOfAnAnswerArrivesBeforeTheSecondIsMade() throws Exception {
    try (Wire browser = call("Content-Length: 0");
        Wire router = router()) {
      router.readHead();

      router.send(STREAM_HEAD).send("3\r\none\r\n");
      assertThat(browser.readTo("one\r\n")).startsWith("HTTP/1.1 200 OK\r\n");

      router.send("3\r\ntwo\r\n0\r\n\r\n").close();
      assertThat(browser.readAll()).isEqualTo("3\r\ntwo\r\n0\r\n\r\n");
    }
  }

  @Test
  void theFirstPartOfABodyArrivesBeforeTheSecondIsSent() throws Exception {
    try (Wire browser = call("Content-Length: 6");
        Wire router = router()) {
      router.readHead();

      browser.send("one");
      assertThat(router.readTo("one")).isEqualTo("one");

      browser.send("two");
      assertThat(router.readTo("two")).isEqualTo("two");
    }
  }

  @Test
  void theAnswerSaysHowLongTheRouterTook() throws Exception {
    try (Wire browser = call("Content-Length: 0");
        Wire router = router()) {
      router.readHead();
      router.send(STREAM_HEAD);

      assertThat(browser.readHead())
          .containsPattern("\r\nServer-Timing: router;dur=\\d+\\.\\d\r\n")
          .endsWith("Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
    }
  }

  @Test
  void aBrowserThatLeavesBeforeItsAnswerEndsTheCall() throws Exception {
    try (Wire browser = call("Content-Length: 2");
        Wire router = router()) {
      browser.send("{}");
      router.readTo("{}");

      browser.hangUp();

      assertThat(router.readAll()).as("until the end").isEmpty();
    }
  }

  @Test
  void aBrowserThatLeavesWithinItsBodyEndsTheCall() throws Exception {
    try (Wire browser = call("Content-Length: 6");
        Wire router = router()) {
      browser.send("one");
      router.readTo("one");

      browser.hangUp();

      assertThat(router.readAll()).as("until the end").isEmpty();
    }
  }

  @Test
  void aBrowserThatLeavesWithinItsAnswerEndsTheCall() throws Exception {
    try (Wire browser = call("Content-Length: 0");
        Wire router = router()) {
      router.readHead();
      router.send(STREAM_HEAD).send("3\r\none\r\n");
      browser.readTo("one\r\n");

      browser.hangUp();

      assertThat(router.readAll()).as("until the end").isEmpty();
    }
  }

  @Test
  void anErrorOfTheRouterIsPassedAsItIs() throws Exception {
    String body = "{\"code\":\"ValidationError\",\"Message\":\"The session is gone.\"}";
    try (Wire browser = call("Content-Length: 0");
        Wire router = router()) {
      router.readHead();
      router
          .lines("HTTP/1.1 400 Bad Request", "x-amzn-errortype: ValidationError")
          .lines("x-amzn-RequestId: r1", "Content-Length: " + body.length(), "")
          .send(body)
          .close();

      assertThat(browser.readAll())
          .startsWith("HTTP/1.1 400 Bad Request\r\n")
          .contains("x-amzn-errortype: ValidationError\r\n", "x-amzn-RequestId: r1\r\n")
          .endsWith("\r\n\r\n" + body);
    }
  }

  @Test
  void anEarlyAnswerArrivesThoughTheBodyIsNotRead() throws Exception {
    try (Wire browser = call("Content-Length: 50000000");
        Wire router = router()) {
      router.readHead();
      router.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\n{}");
      router.socket().shutdownOutput();
      Thread sender = Thread.ofVirtual().start(() -> sendUntilRefused(browser));

      assertThat(browser.readAll()).startsWith("HTTP/1.1 413 ").endsWith("{}");
      browser.hangUp();
      sender.join();
    }
  }

  private static void sendUntilRefused(Wire browser) {
    String block = "x".repeat(100_000);
    try {
      for (int i = 0; i < 500; i++) {
        browser.send(block);
      }
    } catch (IOException closed) {
      // The answer is there, so this is what is expected.
    }
  }

  @Test
  void anAnswerThatBreaksOffIsNotCompleted() throws Exception {
    try (Wire browser = call("Content-Length: 0");
        Wire router = router()) {
      router.readHead();
      router.send(STREAM_HEAD).send("3\r\none\r\n").close();

      assertThat(browser.readAll()).as("without a last chunk").endsWith("3\r\none\r\n");
    }
  }

  @Test
  void aRouterThatIsDownIsNamed() throws Exception {
    String address = scene().router().getAuthority();
    stopRouter();

    assertThat(answerTo("POST " + PATH + " HTTP/1.1", host()))
        .startsWith("HTTP/1.1 502")
        .contains("\"code\":\"RouterUnreachable\"", "Nothing answers at " + address);
  }

  @Test
  void aRouterThatClosesWithoutAnAnswerIsNamed() throws Exception {
    try (Wire browser = call("Content-Length: 0")) {
      try (Wire router = router()) {
        router.readHead();
      }

      assertThat(browser.readAll())
          .startsWith("HTTP/1.1 502")
          .contains("\"code\":\"RouterBroke\"", scene().router().getAuthority());
    }
  }

  @Test
  void callsRunBesideEachOther() throws Exception {
    try (Wire first = call("Content-Length: 0");
        Wire waiting = router();
        Wire second = call("Content-Length: 0");
        Wire answering = router()) {
      answering.readHead();
      answering.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond").close();
      assertThat(second.readAll()).endsWith("second");

      waiting.readHead();
      waiting.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst").close();
      assertThat(first.readAll()).endsWith("first");
    }
  }

  /** A call as the page makes it, up to its body. */
  private Wire call(String... headers) throws IOException {
    return browser()
        .lines("POST " + PATH + " HTTP/1.1", host(), "Origin: http://127.0.0.1:" + port())
        .lines("Cookie: other=1", "User-Agent: test", "Sec-Fetch-Site: same-origin")
        .lines(headers)
        .send("\r\n");
  }
}
