package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** The browser that other tests drive shows, asks and ends as they rely on. */
class BrowserIT {
  private static final Path FOLDER = TestSystem.folder("browser");
  private static Browser browser;

  @BeforeAll
  static void start() {
    browser = Browser.start(FOLDER);
  }

  @AfterAll
  static void stop() throws Exception {
    browser.close();
    try (Stream<Path> left = Files.list(FOLDER)) {
      assertThat(left).noneMatch(path -> path.getFileName().toString().startsWith("profile"));
    }
  }

  @Test
  void readsWhatAPersonReads() {
    browser.open(page("<p>One</p><p hidden>Two</p><p>Three</p>"));

    assertThat(browser.text("p")).isEqualTo("One");
    assertThat(browser.text("em")).isEmpty();
    assertThat(browser.texts("p")).containsExactly("One", "Three");
    assertThat(browser.count("p")).isEqualTo(3);
    assertThat(browser.has("em")).isFalse();
  }

  @Test
  void typesWhereTheFocusIs() {
    browser.open(page("<input autofocus onkeydown='if (event.key == \"Enter\") value += \"!\"'>"));

    browser.press("word", Keys.ENTER);

    await().until(() -> "word!".equals(browser.run("return document.activeElement.value")));
  }

  @Test
  void collectsErrorsOfScripts() {
    browser.open(page("<p>One</p>"));
    assertThat(browser.errors()).isEmpty();

    browser.open(
        page("<script>console.log('calm'); throw new Error('broken on purpose')</script>"));

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> browser.errors().stream().anyMatch(e -> e.contains("broken on purpose")));
  }

  @Test
  void emulatesMediaAndSize() throws Exception {
    browser.open(page("<p>One</p>")).scheme(Browser.Scheme.DARK).reducedMotion(true).size(360, 640);
    assertThat(matches("(prefers-color-scheme: dark)")).isEqualTo(true);
    assertThat(matches("(prefers-reduced-motion: reduce)")).isEqualTo(true);
    assertThat(matches("(width: 360px)")).isEqualTo(true);

    Path picture = browser.size(360, 640, 2).screenshot(FOLDER.resolve("picture.png"));
    assertThat(ImageIO.read(picture.toFile()).getWidth()).isEqualTo(720);

    browser.scheme(Browser.Scheme.LIGHT).reducedMotion(false).size(1280, 800);
    assertThat(matches("(prefers-color-scheme: light)")).isEqualTo(true);
    assertThat(matches("(prefers-reduced-motion: reduce)")).isEqualTo(false);
  }

  private static Object matches(String media) {
    return browser.run("return matchMedia(arguments[0]).matches", media);
  }

  private static URI page(String body) {
    String html = "<!doctype html><title>Test</title>" + body;
    String encoded = URLEncoder.encode(html, StandardCharsets.UTF_8).replace("+", "%20");
    return URI.create("data:text/html;charset=utf-8," + encoded);
  }
}
