package io.sessionrouter.local;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A question to a process that it answers once it is ready. */
@FunctionalInterface
public interface Probe {
  Duration PATIENCE = Duration.ofSeconds(2);

  boolean ready() throws InterruptedException;

  /** Ready when a GET answers 200. */
  static Probe http(URI url) {
    HttpRequest request = HttpRequest.newBuilder(url).timeout(PATIENCE).build();
    HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    return () -> {
      try {
        return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
      } catch (IOException e) {
        return false; // not listening yet, or not speaking yet: that is the answer
      }
    };
  }

  /** Ready when a PING is answered; a Redis that still loads its data answers otherwise. */
  static Probe redis(int port) {
    return () -> {
      try (Socket socket = new Socket()) {
        socket.connect(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            (int) PATIENCE.toMillis());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return pong(socket);
      } catch (IOException e) {
        return false;
      }
    };
  }

  private static boolean pong(Socket socket) throws IOException {
    socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
    InputStream in = socket.getInputStream();
    return new String(in.readNBytes(5), StandardCharsets.US_ASCII).equals("+PONG");
  }
}
