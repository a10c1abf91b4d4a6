package io.sessionrouter.fleet;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** A container as a health check sees it: a real socket that answers, hangs, or is not there. */
public final class FakeContainer implements AutoCloseable {
  /** What happens to a request. */
  public enum Mode {
    OK,
    DRAINING,
    READY_BUT_DRAINING,
    ERROR,
    HANG,
    CLOSE,
    ENDLESS_BODY
  }

  /** Outside the range of outgoing connections, so that nobody takes it while this is down. */
  private static final int FIRST_PORT = 20_000;

  private static final String DRAIN = "X-Session-Router-Draining: true\r\n";

  private static final int PORTS = 10_000;

  private final int port;
  private final AtomicInteger pings = new AtomicInteger();
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile Mode mode = Mode.OK;
  private volatile String bootId = "";
  private volatile boolean cutOff;
  private volatile ServerSocket listener;

  public FakeContainer() throws IOException {
    listener = listenAnywhere();
    port = listener.getLocalPort();
    accept(listener);
  }

  public int port() {
    return port;
  }

  /** Requests so far. */
  int pings() {
    return pings.get();
  }

  /** The requests' heads so far. */
  public List<String> heads() {
    return heads;
  }

  /** Whether the router closed a connection while its response went on. */
  boolean cutOff() {
    return cutOff;
  }

  public void mode(Mode next) {
    mode = next;
  }

  void bootId(String next) {
    bootId = next;
  }

  /** The process ends: connections break, and nothing listens. */
  void die() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
    awaitRefusal();
  }

  /** The kernel listens until the thread that accepts has noticed. */
  private void awaitRefusal() {
    await()
        .alias("nothing listens on " + port)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(this::refuses);
  }

  private boolean refuses() throws IOException {
    try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return !probe.isConnected();
    } catch (ConnectException refused) {
      return true;
    } catch (SocketException reset) {
      return false; // it still listened, and no longer when the connection was there
    }
  }

  /** The process starts again at the same address. */
  void start() throws IOException {
    listener = listen(port);
    accept(listener);
  }

  @Override
  public void close() throws IOException {
    die();
  }

  private static ServerSocket listenAnywhere() throws IOException {
    for (int attempt = 0; attempt < 100; attempt++) {
      try {
        return listen(FIRST_PORT + ThreadLocalRandom.current().nextInt(PORTS));
      } catch (BindException taken) {
        // Another one, then.
      }
    }
    throw new BindException("no free port from " + FIRST_PORT);
  }

  private static ServerSocket listen(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    try {
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private void accept(ServerSocket on) {
    Thread.ofVirtual()
        .start(
            () -> {
              while (!on.isClosed()) {
                try {
                  Socket socket = on.accept();
                  Thread.ofVirtual().start(() -> serve(socket));
                } catch (IOException closed) {
                  return;
                }
              }
            });
  }

  private void serve(Socket socket) {
    open.add(socket);
    try (socket) {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      heads.add(head(in));
      pings.incrementAndGet();
      answer(socket, in);
    } catch (IOException broken) {
      cutOff = true;
    } finally {
      open.remove(socket);
    }
  }

  private static String head(BufferedReader in) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
      lines.add(line);
    }
    return String.join("\n", lines);
  }

  private void answer(Socket socket, BufferedReader in) throws IOException {
    OutputStream out = socket.getOutputStream();
    switch (mode) {
      case OK -> write(out, "HTTP/1.1 200 OK\r\n" + boot() + "content-length: 2\r\n\r\nok");
      case DRAINING ->
          write(out, "HTTP/1.1 503 No\r\n" + DRAIN + boot() + "content-length: 0\r\n\r\n");
      case READY_BUT_DRAINING ->
          write(out, "HTTP/1.1 200 OK\r\n" + DRAIN + boot() + "content-length: 0\r\n\r\n");
      case ERROR -> write(out, "HTTP/1.1 500 Oops\r\n" + boot() + "content-length: 0\r\n\r\n");
      case HANG -> in.read();
      case CLOSE -> socket.close();
      case ENDLESS_BODY -> endless(out);
    }
  }

  private void endless(OutputStream out) throws IOException {
    write(out, "HTTP/1.1 200 OK\r\n" + boot() + "content-length: 9000000000000\r\n\r\n");
    while (true) {
      write(out, "0123456789abcdef".repeat(64));
    }
  }

  private String boot() {
    return bootId.isEmpty() ? "" : "x-session-router-boot-id: " + bootId + "\r\n";
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(US_ASCII));
    out.flush();
  }
}
