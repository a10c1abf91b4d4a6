package io.sessionrouter.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.sessionrouter.testing.TestTls;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/** One end of a TCP connection, for tests that care for every byte of HTTP. */
public final class RawConnection implements Closeable {
  private static final int TIMEOUT_MILLIS = 60_000;
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final List<String> heads;

  RawConnection(Socket socket, List<String> heads) throws IOException {
    this.socket = socket;
    this.socket.setSoTimeout(TIMEOUT_MILLIS);
    this.socket.setTcpNoDelay(true);
    this.in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
    this.out = socket.getOutputStream();
    this.heads = heads;
  }

  static RawConnection to(int port) throws IOException {
    return new RawConnection(new Socket(InetAddress.getLoopbackAddress(), port), new ArrayList<>());
  }

  /** As a client at another address of this machine. */
  static RawConnection to(int port, String from) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    Socket socket = new Socket(loopback, port, InetAddress.getByName(from), 0);
    return new RawConnection(socket, new ArrayList<>());
  }

  /** Over TLS. */
  static RawConnection to(int port, TestTls tls, String... alpn) throws IOException {
    return new RawConnection(
        tls.connect(InetAddress.getLoopbackAddress(), port, alpn), new ArrayList<>());
  }

  /** The certificate that the other end has shown. */
  X509Certificate certificate() throws IOException {
    return (X509Certificate) ((SSLSocket) socket).getSession().getPeerCertificates()[0];
  }

  /** The protocol that both ends agreed on by ALPN; empty if on none. */
  String protocol() {
    return ((SSLSocket) socket).getApplicationProtocol();
  }

  /** A message: its start line, its header lines, its decoded body. */
  public record Message(String startLine, List<String> headers, String body) {
    public String header(String name) {
      return headers.stream()
          .filter(
              line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
          .map(line -> line.substring(name.length() + 1).strip())
          .findFirst()
          .orElse(null);
    }

    int status() {
      return Integer.parseInt(startLine.split(" ", -1)[1]);
    }
  }

  public RawConnection write(String text) throws IOException {
    out.write(text.getBytes(ISO_8859_1));
    out.flush();
    return this;
  }

  public void write(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** The next request with its body, or null at the end of the connection. */
  public Message readRequest() throws IOException {
    return readMessage(false);
  }

  /** The next response with its body. */
  Message readResponse() throws IOException {
    Message message = readMessage(true);
    if (message == null) {
      throw new IOException("the connection was closed without a response");
    }
    return message;
  }

  private Message readMessage(boolean response) throws IOException {
    Message head = readHead();
    return head == null
        ? null
        : new Message(head.startLine(), head.headers(), body(head, response));
  }

  /** The next head alone, or null at the end of the connection. */
  Message readHead() throws IOException {
    String start = readLine();
    if (start == null) {
      return null;
    }
    List<String> headers = new ArrayList<>();
    StringBuilder whole = new StringBuilder(start).append("\r\n");
    String line = readLine();
    while (line != null && !line.isEmpty()) {
      headers.add(line);
      whole.append(line).append("\r\n");
      line = readLine();
    }
    heads.add(whole.toString());
    return new Message(start, headers, "");
  }

  private String body(Message head, boolean response) throws IOException {
    if (head.header("transfer-encoding") != null) {
      return readChunks();
    }
    String length = head.header("content-length");
    if (length != null) {
      return new String(in.readNBytes(Integer.parseInt(length)), ISO_8859_1);
    }
    boolean none = !response || head.status() == 204 || head.status() < 200;
    return none ? "" : new String(in.readAllBytes(), ISO_8859_1);
  }

  private String readChunks() throws IOException {
    StringBuilder body = new StringBuilder();
    String chunk = readChunk();
    while (!chunk.isEmpty()) {
      body.append(chunk);
      chunk = readChunk();
    }
    return body.toString();
  }

  /** One chunk of a chunked body; empty at its end. */
  String readChunk() throws IOException {
    String size = readLine();
    if (size == null) {
      throw new IOException("the connection was closed within a chunked body");
    }
    String chunk = new String(in.readNBytes(Integer.parseInt(size, 16)), ISO_8859_1);
    readLine();
    return chunk;
  }

  String readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int b = read();
    if (b < 0) {
      return null;
    }
    while (b >= 0 && b != '\n') {
      line.write(b);
      b = read();
    }
    String text = line.toString(ISO_8859_1);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  /** The next byte, or -1 at the end; a reset is an end, too. */
  int read() throws IOException {
    try {
      return in.read();
    } catch (SocketException | SSLException reset) {
      return -1;
    }
  }

  long skip(long bytes) throws IOException {
    in.skipNBytes(bytes);
    return bytes;
  }

  /** Goes on over TLS, as a server. */
  RawConnection secured(TestTls tls) throws IOException {
    return new RawConnection(tls.accept(socket), heads);
  }

  /** Ends our direction only. */
  void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Closes so that the other end sees a reset. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
