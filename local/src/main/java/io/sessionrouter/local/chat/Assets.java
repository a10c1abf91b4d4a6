package io.sessionrouter.local.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** What the server hands out itself, by path: the page's files, and what is behind the page. */
final class Assets {
  private static final List<String> FILES =
      List.of(
          "index.html",
          "style.css",
          "icon.svg",
          "sample.txt",
          "main.js",
          "asking.js",
          "view.js",
          "state.js",
          "memory.js",
          "calls.js",
          "events.js",
          "failures.js",
          "figures.js",
          "transcript.js");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml",
          "txt", "text/plain; charset=utf-8",
          "js", "text/javascript; charset=utf-8");

  private final Map<String, Reply> byPath = new ConcurrentSkipListMap<>();

  Assets(Scene scene) throws IOException {
    for (String file : FILES) {
      String extension = file.substring(file.lastIndexOf('.') + 1);
      add("/" + file, Objects.requireNonNull(TYPES.get(extension)), read(file));
    }
    byPath.put("/", byPath.get("/index.html"));
    show(scene);
  }

  /** From now on the page is about this one. */
  void show(Scene scene) {
    add("/scene.json", "application/json", scene.json().getBytes(UTF_8));
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
