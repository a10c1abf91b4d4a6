package io.sessionrouter.fleet.discovery;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What an API server says, as it says it. */
final class Recorded {
  static final String LIST = read("list.json");
  static final List<String> ROLLING_UPDATE = read("rolling-update.jsonl").lines().toList();
  static final List<String> SLICE_MOVE = read("slice-move.jsonl").lines().toList();
  static final String EXPIRED = read("expired.jsonl").strip();

  private Recorded() {}

  static SliceEvent event(String line) {
    return SliceEvent.parse(Buffer.buffer(line));
  }

  /** A Service {@code chat} in the namespace {@code models}. */
  static Target target(String port) {
    return new Target("chat", "main", "chat", "models", port, false, false);
  }

  private static String read(String name) {
    try (InputStream in = Recorded.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
