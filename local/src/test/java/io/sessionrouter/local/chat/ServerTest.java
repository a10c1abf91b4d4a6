package io.sessionrouter.local.chat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Tests of a running {@link ChatServer}, whose router is played by the test itself. */
abstract class ServerTest {
  private static final int PATIENCE_MILLIS = 30_000;
  static final String KEY = "sr-key";
  static final String PATH = "/endpoints/chat/invocations";

  private ServerSocket router;
  private ChatServer server;

  @BeforeEach
  void start() throws IOException {
    router = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    router.setSoTimeout(PATIENCE_MILLIS);
    server = ChatServer.start(0, scene(), KEY);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    router.close();
  }

  final Scene scene() {
    URI container = URI.create("http://127.0.0.1:1");
    return new Scene(
        "chat",
        URI.create("http://127.0.0.1:" + router.getLocalPort()),
        URI.create("http://127.0.0.1:9000"),
        List.of(new Scene.Instance("chat-1", container, 11)));
  }

  final ChatServer server() {
    return server;
  }

  final int port() {
    return server.url().getPort();
  }

  final String host() {
    return "Host: 127.0.0.1:" + port();
  }

  /** A new connection of a browser. */
  final Wire browser() throws IOException {
    return Wire.to(port());
  }

  /** The whole answer to a request without a body. */
  final String answerTo(String... lines) throws IOException {
    try (Wire browser = browser()) {
      return browser.lines(lines).send("\r\n").readAll();
    }
  }

  /** The next connection that reaches the router. */
  final Wire router() throws IOException {
    return new Wire(router.accept());
  }

  /** From now on nothing listens where the router was. */
  final void stopRouter() throws IOException {
    router.close();
  }

  /** Whether anything has reached the router that the test has not taken. */
  final boolean routerWasAsked() throws IOException {
    router.setSoTimeout(100);
    try {
      router().close();
      return true;
    } catch (SocketTimeoutException nobody) {
      return false;
    } finally {
      router.setSoTimeout(PATIENCE_MILLIS);
    }
  }
}
