package io.sessionrouter.local.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a browser gets to the router's own pages; the test plays the management port. */
class ManagementLoginTest {
  private final BlockingQueue<String> logins = new LinkedBlockingQueue<>();
  private HttpServer management;
  private ChatServer server;

  @BeforeEach
  void start() throws IOException {
    management = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    management.createContext(
        "/console/login",
        exchange -> {
          logins.add(
              exchange.getRequestMethod()
                  + " "
                  + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          exchange.getResponseHeaders().add("Location", "./");
          exchange.getResponseHeaders().add("Set-Cookie", "key=k; HttpOnly; SameSite=Strict");
          exchange.getResponseHeaders().add("Set-Cookie", "hint=yes; SameSite=Strict");
          exchange.sendResponseHeaders(303, -1);
          exchange.close();
        });
    management.start();
    URI port = URI.create("http://127.0.0.1:" + management.getAddress().getPort());
    server = ChatServer.start(0, new Scene("chat", port, port, List.of()), "sr-a+b");
  }

  @AfterEach
  void stop() {
    server.close();
    management.stop(0);
  }

  private String answerTo(String... lines) throws IOException {
    try (Wire browser = Wire.to(server.url().getPort())) {
      return browser.lines(lines).send("\r\n").readAll();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/console, 127.0.0.1:8088, 127.0.0.1, /console/",
    "/console, localhost, localhost, /console/",
    "/metrics, 127.0.0.1:8088, 127.0.0.1, /q/metrics"
  })
  void leadsToThePageWithTheCookiesOfItsLogin(String path, String host, String name, String page)
      throws Exception {
    assertThat(answerTo("GET " + path + " HTTP/1.1", "Host: " + host).split("\r\n"))
        .contains("HTTP/1.1 303")
        .contains("Location: http://%s:%d%s".formatted(name, managementPort(), page))
        .contains("Set-Cookie: key=k; HttpOnly; SameSite=Strict")
        .contains("Set-Cookie: hint=yes; SameSite=Strict")
        .contains("Cache-Control: no-store", "Content-Length: 0");
    assertThat(logins).containsExactly("POST key=sr-a%2Bb");
  }

  private int managementPort() {
    return management.getAddress().getPort();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Origin: http://evil.example"
      })
  void givesNothingToWhomAnotherSiteSends(String from) throws Exception {
    assertThat(
            answerTo(
                "GET /console HTTP/1.1",
                "Host: 127.0.0.1",
                from,
                "Sec-Fetch-Mode: navigate",
                "Sec-Fetch-Dest: document"))
        .startsWith("HTTP/1.1 403")
        .doesNotContain("Set-Cookie");
    assertThat(logins).isEmpty();
  }

  @Test
  void isForLooking() throws Exception {
    assertThat(answerTo("POST /console HTTP/1.1", "Host: 127.0.0.1")).startsWith("HTTP/1.1 405");
    assertThat(answerTo("GET /console/ HTTP/1.1", "Host: 127.0.0.1")).startsWith("HTTP/1.1 404");
    assertThat(logins).isEmpty();
  }

  @Test
  void namesThePortAtWhichNobodyAnswers() throws Exception {
    management.stop(0);

    assertThat(answerTo("GET /console HTTP/1.1", "Host: 127.0.0.1"))
        .startsWith("HTTP/1.1 502")
        .contains("Nothing answers at 127.0.0.1:" + managementPort() + ", the router's management");
  }
}
