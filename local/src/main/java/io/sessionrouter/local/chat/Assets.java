package io.sessionrouter.local.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the server hands out itself, by path: the page's files, and what is behind the page. */
final class Assets {
  private static final String JAVASCRIPT = "text/javascript; charset=utf-8";

  private static final Map<String, String> TYPES =
      Map.of(
          "index.html", "text/html; charset=utf-8",
          "style.css", "text/css; charset=utf-8",
          "icon.svg", "image/svg+xml",
          "sample.txt", "text/plain; charset=utf-8",
          "main.js", JAVASCRIPT,
          "calls.js", JAVASCRIPT,
          "events.js", JAVASCRIPT,
          "figures.js", JAVASCRIPT,
          "transcript.js", JAVASCRIPT);

  private final Map<String, Reply> byPath = new TreeMap<>();

  Assets(Scene scene) throws IOException {
    for (Map.Entry<String, String> file : TYPES.entrySet()) {
      add("/" + file.getKey(), file.getValue(), read(file.getKey()));
    }
    add("/scene.json", "application/json", scene.json().getBytes(UTF_8));
    byPath.put("/", byPath.get("/index.html"));
  }

  private void add(String path, String type, byte[] body) {
    byPath.put(path, new Reply(200, type, body));
  }

  private static byte[] read(String name) throws IOException {
    try (InputStream in = Assets.class.getResourceAsStream("page/" + name)) {
      if (in == null) {
        throw new FileNotFoundException("page/" + name);
      }
      return in.readAllBytes();
    }
  }

  @Nullable Reply at(String path) {
    return byPath.get(path);
  }
}
