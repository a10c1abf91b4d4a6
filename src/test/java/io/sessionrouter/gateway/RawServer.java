package io.sessionrouter.gateway;

import io.sessionrouter.testing.TestTls;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A container that does on its socket exactly what a test says, byte by byte. */
public final class RawServer implements Closeable {

  /** What happens on one connection. */
  public interface Script {
    void play(RawConnection connection) throws Exception;
  }

  private final ServerSocket listening;
  private final Script script;
  private final List<RawConnection> connections = new CopyOnWriteArrayList<>();
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();

  private RawServer(Script script, TestTls tls) throws IOException {
    this.listening = listen(tls);
    this.script = script;
    Thread.ofVirtual().start(this::accept);
  }

  private static ServerSocket listen(TestTls tls) throws IOException {
    return tls == null
        ? new ServerSocket(0, 128, InetAddress.getLoopbackAddress())
        : tls.listen(InetAddress.getLoopbackAddress());
  }

  static RawServer playing(Script script) throws IOException {
    return playing(WireMode.containers(), script);
  }

  /** In plain, whatever the other tests speak. */
  public static RawServer plain(Script script) throws IOException {
    return new RawServer(script, null);
  }

  /** Over TLS. */
  static RawServer playing(TestTls tls, Script script) throws IOException {
    return new RawServer(script, tls);
  }

  /** Answers every request of every connection with the same bytes. */
  static RawServer answering(String response) throws IOException {
    return playing(
        connection -> {
          while (connection.readRequest() != null) {
            connection.write(response);
          }
        });
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket socket = listening.accept();
        RawConnection connection = new RawConnection(socket, heads);
        connections.add(connection);
        Thread.ofVirtual().start(() -> play(connection));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void play(RawConnection connection) {
    try {
      script.play(connection);
    } catch (IOException gone) {
      connection.close();
    } catch (Exception | AssertionError failed) {
      failures.add(failed);
      connection.close();
    }
  }

  public int port() {
    return listening.getLocalPort();
  }

  /** The heads of all requests, as they came. */
  List<String> heads() {
    return heads;
  }

  List<RawConnection> connections() {
    return connections;
  }

  List<Throwable> failures() {
    return failures;
  }

  @Override
  public void close() throws IOException {
    listening.close();
    connections.forEach(RawConnection::close);
  }
}
