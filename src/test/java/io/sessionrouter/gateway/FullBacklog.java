package io.sessionrouter.gateway;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A port that completes no more handshakes, since nobody accepts what it has already. */
final class FullBacklog implements Closeable {
  private final ServerSocket listening;
  private final List<Socket> waiting = new ArrayList<>();

  FullBacklog() throws IOException {
    listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    for (int i = 0; i < 4; i++) {
      Socket socket = new Socket();
      waiting.add(socket);
      try {
        socket.connect(listening.getLocalSocketAddress(), 200);
      } catch (IOException full) {
        return;
      }
    }
  }

  int port() {
    return listening.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : waiting) {
      socket.close();
    }
    listening.close();
  }
}
