package io.sessionrouter.gateway;

import io.sessionrouter.gateway.RawConnection.Message;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.awaitility.Awaitility;

/** Two parsers of HTTP that the world relies on, each telling what it understood of a request. */
final class ReferenceParsers implements Closeable {
  private static final String CONFIGURATION =
      """
      global
        nbthread 1
      defaults
        mode http
        retries 0
        timeout connect 20s
        timeout client 60s
        timeout server 60s
        timeout http-request 60s
      frontend in
        bind 127.0.0.1:%d
        default_backend out
      backend out
        server echo 127.0.0.1:%d
      """;

  private final Process node;
  private final Process haproxy;
  private final Path folder;
  private final RawServer echo;
  private final int nodePort;
  private final int haproxyPort;

  private ReferenceParsers() throws IOException {
    folder = Files.createTempDirectory("references");
    echo = RawServer.plain(ReferenceParsers::echo);
    node = new ProcessBuilder("node", script().toString()).start();
    nodePort = port(node.inputReader(StandardCharsets.UTF_8));
    haproxyPort = freePort();
    haproxy =
        new ProcessBuilder("haproxy", "-db", "-f", configuration().toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("haproxy.log").toFile())
            .start();
    Awaitility.await("HAProxy listens").until(() -> listens(haproxyPort));
  }

  static ReferenceParsers start() throws IOException {
    return new ReferenceParsers();
  }

  private Path script() throws IOException {
    try (var in = ReferenceParsers.class.getResourceAsStream("/differential/strict.mjs")) {
      Path file = folder.resolve("strict.mjs");
      Files.write(file, in.readAllBytes());
      return file;
    }
  }

  private Path configuration() throws IOException {
    return Files.writeString(
        folder.resolve("haproxy.cfg"), CONFIGURATION.formatted(haproxyPort, echo.port()));
  }

  private static int port(BufferedReader output) throws IOException {
    String line = output.readLine();
    if (line == null) {
      throw new IOException("node did not start (expected: node 18 or newer on the PATH)");
    }
    return Integer.parseInt(line.substring("PORT ".length()));
  }

  private static int freePort() throws IOException {
    try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static boolean listens(int port) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  private static void echo(RawConnection connection) throws IOException {
    Message request = connection.readRequest();
    while (request != null) {
      String[] line = request.startLine().split(" ", 0);
      connection.write(GatewayFixture.ok(line[0] + " " + line[1] + " " + request.body().length()));
      request = connection.readRequest();
    }
  }

  List<Integer> ports() {
    return List.of(nodePort, haproxyPort);
  }

  @Override
  public void close() throws IOException {
    node.destroy();
    haproxy.destroy();
    echo.close();
    for (String file : List.of("strict.mjs", "haproxy.cfg", "haproxy.log")) {
      Files.deleteIfExists(folder.resolve(file));
    }
    Files.deleteIfExists(folder);
  }

  /** How a difference is shown. */
  static String shown(String request) {
    StringBuilder text = new StringBuilder();
    for (char c : request.toCharArray()) {
      switch (c) {
        case '\r' -> text.append("\\r");
        case '\n' -> text.append("\\n");
        case '"', '\\' -> text.append('\\').append(c);
        default ->
            text.append(
                c < ' ' || c > '~' ? String.format(Locale.ROOT, "\\u%04x", (int) c) : "" + c);
      }
    }
    return text.toString();
  }
}
