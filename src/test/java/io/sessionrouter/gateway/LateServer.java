package io.sessionrouter.gateway;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A container that listens, and accepts only when it is told to: its backlog fills up. */
final class LateServer implements Closeable {
  private final ServerSocket listening;
  private final List<Socket> filling = new ArrayList<>();
  private final List<RawConnection> accepted = new CopyOnWriteArrayList<>();

  LateServer(int backlog) throws IOException {
    this(0, backlog);
  }

  LateServer(int port, int backlog) throws IOException {
    listening = new ServerSocket(port, backlog, InetAddress.getLoopbackAddress());
  }

  int port() {
    return listening.getLocalPort();
  }

  /** Accepts the next connection, which the caller serves. */
  RawConnection acceptOne() throws IOException {
    RawConnection connection = new RawConnection(listening.accept(), new ArrayList<>());
    accepted.add(connection);
    return connection;
  }

  /** From now on no handshake is completed until it accepts. */
  LateServer fill() throws IOException {
    while (true) {
      Socket socket = new Socket();
      filling.add(socket);
      try {
        socket.connect(listening.getLocalSocketAddress(), 200);
      } catch (IOException full) {
        return this;
      }
    }
  }

  /** Accepts what waits and all that comes, and answers. */
  void begin() {
    Thread.ofVirtual()
        .start(
            () -> {
              while (!listening.isClosed()) {
                accept();
              }
            });
  }

  private void accept() {
    try {
      RawConnection connection = new RawConnection(listening.accept(), new ArrayList<>());
      accepted.add(connection);
      Thread.ofVirtual().start(() -> answer(connection));
    } catch (IOException closed) {
      accepted.forEach(RawConnection::close);
    }
  }

  private static void answer(RawConnection connection) {
    try {
      while (connection.readRequest() != null) {
        connection.write(GatewayFixture.ok("at last"));
      }
    } catch (IOException gone) {
      connection.close();
    }
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : filling) {
      socket.close();
    }
    listening.close();
    accepted.forEach(RawConnection::close);
  }
}
