package io.sessionrouter.local.chat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;

/** One end of a connection in a test: sends and reads what it is told to, byte by byte. */
record Wire(Socket socket) implements AutoCloseable {
  /** Only what never comes waits for so long. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  Wire {
    try {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.setTcpNoDelay(true);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static Wire to(int port) throws IOException {
    return new Wire(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** Lines of a head, without its end. */
  Wire lines(String... lines) throws IOException {
    return send(String.join("\r\n", lines) + "\r\n");
  }

  Wire send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    return this;
  }

  /** Reads up to and with the text. */
  String readTo(String text) throws IOException {
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    while (!read.toString(ISO_8859_1).endsWith(text)) {
      int next = in.read();
      if (next < 0) {
        throw new AssertionError("ended before \"%s\", after: %s".formatted(text, read));
      }
      read.write(next);
    }
    return read.toString(ISO_8859_1);
  }

  /** Reads up to and with the end of a head. */
  String readHead() throws IOException {
    return readTo("\r\n\r\n");
  }

  /** Reads up to the end of the connection. */
  String readAll() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
  }

  /** Leaves, in the middle of whatever goes on. */
  void hangUp() throws IOException {
    close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
