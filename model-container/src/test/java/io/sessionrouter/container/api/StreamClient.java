package io.sessionrouter.container.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A client on a bare socket: it sees every chunk as it was written, and reads only when told. */
final class StreamClient implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SMALL = 32 * 1024;

  private final Socket socket = new Socket();
  private final InputStream in;
  private final Map<String, String> headers = new HashMap<>();
  private int status;

  /** Connects, with a small receive buffer, so that not reading is soon felt. */
  StreamClient(int port) throws IOException {
    socket.setReceiveBufferSize(SMALL);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    in = new BufferedInputStream(socket.getInputStream(), SMALL);
  }

  /** Sends a request; header lines as they are. */
  StreamClient send(String session, String body, String... lines) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    var head = new ArrayList<>(List.of(lines));
    head.add("Content-Length: " + bytes.length);
    if (!session.isEmpty()) {
      head.add(SessionHeader.NAME + ": " + session);
    }
    socket.getOutputStream().write(RefusalTest.head(head.toArray(String[]::new)));
    socket.getOutputStream().write(bytes);
    return this;
  }

  /** Reads the answer's head. */
  StreamClient head() throws IOException {
    status = Integer.parseInt(line().split(" ", -1)[1]);
    for (String line = line(); !line.isEmpty(); line = line()) {
      String[] parts = line.split(":", 2);
      headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1].strip());
    }
    return this;
  }

  int status() {
    return status;
  }

  String header(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
  }

  /** The id in the session header, without its expiry. */
  String session() {
    return header(SessionHeader.NAME).split(";", -1)[0];
  }

  /** The next chunk of the body, empty at its proper end. */
  String chunk() throws IOException {
    byte[] bytes = in.readNBytes(Integer.parseInt(line(), 16));
    if (!line().isEmpty()) {
      throw new AssertionError("a chunk is longer than it says");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** All chunks up to the body's proper end. */
  List<String> chunks() throws IOException {
    List<String> chunks = new ArrayList<>();
    for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) {
      chunks.add(chunk);
    }
    return chunks;
  }

  /** The next chunk, which must be one server-sent event. */
  JsonNode event() throws IOException {
    return event(chunk());
  }

  static JsonNode event(String chunk) {
    if (!chunk.startsWith("data:{") || chunk.indexOf("\n\n") != chunk.length() - 2) {
      throw new AssertionError("not one event: " + chunk);
    }
    return json(chunk.substring(5));
  }

  /** A chunk that must be one line of JSON. */
  static JsonNode jsonLine(String chunk) {
    if (chunk.indexOf('\n') != chunk.length() - 1) {
      throw new AssertionError("not one line: " + chunk);
    }
    return json(chunk);
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException notJson) {
      throw new AssertionError("no JSON: " + text, notJson);
    }
  }

  private String line() throws IOException {
    var bytes = new ByteArrayOutputStream();
    for (int each = in.read(); each != '\n'; each = in.read()) {
      if (each < 0) {
        throw new EOFException("the connection broke after: " + bytes);
      }
      bytes.write(each);
    }
    return bytes.toString(StandardCharsets.UTF_8).stripTrailing();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
