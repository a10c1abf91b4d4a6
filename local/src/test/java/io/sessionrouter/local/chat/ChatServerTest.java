package io.sessionrouter.local.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the chat page's server answers itself, and what it refuses. */
class ChatServerTest extends ServerTest {
  private static final int MOST_CONNECTIONS = 64;
  private static final Pattern REFERENCE =
      Pattern.compile("(?:href=|src=|from |fetch\\()\"(?:\\./)?([\\w.]+)\"");

  @Test
  void handsOutThePageWithAPolicyThatLetsOnlyItsOwnFilesRun() throws Exception {
    assertThat(answerTo("GET / HTTP/1.1", host()))
        .startsWith("HTTP/1.1 200")
        .contains("Content-Type: text/html; charset=utf-8\r\n")
        .contains("Content-Security-Policy: default-src 'none'; script-src 'self'; style-src")
        .contains("frame-ancestors 'none'", "X-Content-Type-Options: nosniff\r\n")
        .endsWith("</html>\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"index.html", "main.js", "calls.js", "transcript.js"})
  void handsOutWhateverItsFilesReferTo(String file) throws Exception {
    List<String> references =
        REFERENCE
            .matcher(answerTo("GET /" + file + " HTTP/1.1", host()))
            .results()
            .toList()
            .stream()
            .map(found -> found.group(1))
            .toList();

    assertThat(references).isNotEmpty();
    for (String reference : references) {
      assertThat(answerTo("GET /" + reference + " HTTP/1.1", host()))
          .as(reference)
          .startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void tellsThePageWhatIsBehindIt() throws Exception {
    assertThat(answerTo("GET /scene.json HTTP/1.1", host()))
        .endsWith(
            """
            {"endpoint":"chat",\
            "instances":[{"name":"chat-1","url":"http://127.0.0.1:1","process":11}]}\
            """);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /endpoints/chat/invocations, 405",
    "PUT, /endpoints/chat/invocations, 405",
    "POST, /, 405",
    "DELETE, /main.js, 405",
    "GET, /nothing.js, 404",
    "GET, /../main.js, 404",
    "GET, /page/main.js, 404",
    "GET, /v1/endpoints, 404",
    "POST, /v1/endpoints/chat/instances/x/drain, 404",
    "POST, /endpoints/chat/async-invocations, 404",
    "POST, /endpoints/chat/invocations?a=b, 404",
    "POST, /endpoints/chat/invocations/, 404",
    "POST, /endpoints/../invocations, 404",
    "POST, /endpoints/a%2fb/invocations, 404",
    "POST, //endpoints/chat/invocations, 404"
  })
  void refusesOtherPathsAndMethods(String method, String path, int status) throws Exception {
    assertThat(answerTo(method + " " + path + " HTTP/1.1", host()))
        .startsWith("HTTP/1.1 " + status)
        .contains("\"Message\":\"", "(expected: ");
    assertThat(routerWasAsked()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: evil.example",
        "Host: evil.example:8088",
        "Host: 127.0.0.1.evil.example",
        "Host: localhost.evil.example",
        "Host: ",
        "X-Host: 127.0.0.1"
      })
  void refusesNamesThatAnotherSiteCouldPointHere(String host) throws Exception {
    assertThat(answerTo("POST " + PATH + " HTTP/1.1", host)).startsWith("HTTP/1.1 403");
    assertThat(answerTo("GET / HTTP/1.1", host)).startsWith("HTTP/1.1 403");
    assertThat(routerWasAsked()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin: http://evil.example",
        "Origin: https://127.0.0.1",
        "Origin: http://127.0.0.1:1",
        "Origin: null",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site"
      })
  void refusesCallsOfOtherSites(String header) throws Exception {
    assertThat(answerTo("POST " + PATH + " HTTP/1.1", host(), header))
        .startsWith("HTTP/1.1 403")
        .contains("\"code\":\"ForeignOrigin\"");
    assertThat(answerTo("GET /scene.json HTTP/1.1", host(), header)).startsWith("HTTP/1.1 403");
    assertThat(routerWasAsked()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost", "LOCALHOST", "[::1]"})
  void knowsItsOwnNamesUnderAnyPort(String name) throws Exception {
    assertThat(answerTo("GET / HTTP/1.1", "Host: " + name + ":9", "Origin: http://" + name + ":9"))
        .startsWith("HTTP/1.1 200");
  }

  @Test
  void letsALinkOnAnotherSiteLeadToThePageButNotIntoAFrame() throws Exception {
    String from = "Sec-Fetch-Site: cross-site";
    String navigation = "Sec-Fetch-Mode: navigate";

    assertThat(answerTo("GET / HTTP/1.1", host(), from, navigation, "Sec-Fetch-Dest: document"))
        .startsWith("HTTP/1.1 200");
    assertThat(answerTo("GET / HTTP/1.1", host(), from, navigation, "Sec-Fetch-Dest: iframe"))
        .startsWith("HTTP/1.1 403");
    assertThat(
            answerTo(
                "POST " + PATH + " HTTP/1.1", host(), from, navigation, "Sec-Fetch-Dest: document"))
        .startsWith("HTTP/1.1 403");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /",
        "GET / HTTP/1.0",
        "get / HTTP/1.1",
        "GET http://127.0.0.1/ HTTP/1.1",
        "GET / HTTP/1.1\r\nno header",
        "GET / HTTP/1.1\r\n folded: a",
        "GET / HTTP/1.1\r\nname : a",
        "GET / HTTP/1.1\r\na: b\rc: d",
        "GET / HTTP/1.1\r\na: b\u0000",
        "GET / HTTP/1.1\r\nAccept: a\r\naccept: b",
        "POST /endpoints/chat/invocations HTTP/1.1\r\nTransfer-Encoding: chunked",
        "POST /endpoints/chat/invocations HTTP/1.1\r\nContent-Length: -1",
        "POST /endpoints/chat/invocations HTTP/1.1\r\nContent-Length: 1, 1",
        "POST /endpoints/chat/invocations HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1"
      })
  void refusesWhatIsMalformed(String head) throws Exception {
    assertThat(answerTo(head, host()))
        .startsWith("HTTP/1.1 400")
        .contains("\"code\":\"MalformedRequest\"", "(expected: ");
    assertThat(routerWasAsked()).isFalse();
  }

  @Test
  void refusesAHeadWithoutEnd() throws Exception {
    assertThat(answerTo("GET / HTTP/1.1", "a: " + "x".repeat(20_000)))
        .startsWith("HTTP/1.1 400")
        .contains("too long (expected: at most 16384 bytes)");
  }

  @Test
  void aConnectionMoreThanThereAreWaitsUntilOneEnds() throws Exception {
    List<Wire> waiting = new ArrayList<>();
    try {
      for (int i = 0; i < MOST_CONNECTIONS; i++) {
        waiting.add(call());
        waiting.add(router()); // which does not answer
      }
      try (Wire further = call()) {
        assertThat(routerWasAsked()).as("by the further one").isFalse();

        waiting.getFirst().close();
        try (Wire its = router()) {
          its.readHead();
          its.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").close();
        }
        assertThat(further.readAll()).endsWith("{}");
      }
    } finally {
      for (Wire wire : waiting) {
        wire.close();
      }
    }
  }

  @Test
  void closingItEndsItsCalls() throws Exception {
    try (Wire caller = call();
        Wire router = router()) {
      router.readHead();

      server().close();

      assertThat(router.readAll()).as("until the end").isEmpty();
      assertThat(caller.readAll()).as("until the end").isEmpty();
    }
  }

  private Wire call() throws IOException {
    return browser().lines("POST " + PATH + " HTTP/1.1", host()).send("\r\n");
  }
}
