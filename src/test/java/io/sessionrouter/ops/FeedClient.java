package io.sessionrouter.ops;

import io.restassured.path.json.JsonPath;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A client of {@code /v1/live}: a connection of its own, read event by event. */
final class FeedClient implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 30_000;

  private final HttpURLConnection connection;
  private final int status;
  private final BufferedReader lines;

  private FeedClient(HttpURLConnection connection) throws IOException {
    this.connection = connection;
    this.status = connection.getResponseCode();
    InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream();
    this.lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
  }

  static FeedClient at(int port) throws IOException {
    URI url = URI.create("http://localhost:" + port + "/v1/live");
    HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
    connection.setReadTimeout(PATIENCE_MILLIS);
    return new FeedClient(connection);
  }

  int status() {
    return status;
  }

  String header(String name) {
    return String.valueOf(connection.getHeaderField(name));
  }

  /** The next snapshot. */
  JsonPath next() throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("data:")) {
        return new JsonPath(line.substring("data:".length()));
      }
    }
    throw new IOException("The stream has ended.");
  }

  JsonPath error() {
    return new JsonPath(lines.lines().reduce("", String::concat));
  }

  /** Hangs up. */
  @Override
  public void close() {
    connection.disconnect();
  }
}
