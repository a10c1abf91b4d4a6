package io.sessionrouter.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;

/**
 * A real headless Chromium with a profile of its own, for tests of pages and for pictures of them.
 *
 * <p>Questions about the page are answered by one script each, so that a page that changes
 * meanwhile never leaves a test with an element that is gone. {@link #driver()} does what is not
 * here.
 */
final class Browser implements AutoCloseable {
  /** Which colours a person has asked the system for. */
  enum Scheme {
    LIGHT("light"),
    DARK("dark");

    private final String value;

    Scheme(String value) {
      this.value = value;
    }
  }

  /** It warns of protocol classes that it lacks and that nobody here uses; kept, or it is lost. */
  private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

  static {
    SELENIUM.setLevel(Level.SEVERE);
  }

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final BrowserProcess process;
  private final ChromeDriver driver;
  private Scheme scheme = Scheme.LIGHT;
  private boolean reducedMotion;

  private Browser(BrowserProcess process, ChromeDriver driver) {
    this.process = process;
    this.driver = driver;
  }

  /**
   * Starts one, 1280 by 800 pixels wide, light.
   *
   * @param folder for its profile and the driver's log
   */
  static Browser start(Path folder) {
    BrowserProcess process = BrowserProcess.in(folder);
    ChromeDriverService service = process.service();
    Browser browser = new Browser(process, new ChromeDriver(service, process.options()));
    browser.driver.manage().timeouts().pageLoadTimeout(PATIENCE).scriptTimeout(PATIENCE);
    return browser.size(1280, 800).scheme(Scheme.LIGHT);
  }

  ChromeDriver driver() {
    return driver;
  }

  /** Sets the viewport, in pixels. */
  Browser size(int width, int height) {
    return size(width, height, 1);
  }

  /**
   * @param scale pixels of a picture per pixel of the page
   */
  Browser size(int width, int height, int scale) {
    Map<String, Object> metrics =
        Map.of("width", width, "height", height, "deviceScaleFactor", scale, "mobile", false);
    driver.executeCdpCommand("Emulation.setDeviceMetricsOverride", metrics);
    return this;
  }

  Browser scheme(Scheme chosen) {
    scheme = chosen;
    return emulateMedia();
  }

  Browser reducedMotion(boolean wanted) {
    reducedMotion = wanted;
    return emulateMedia();
  }

  private Browser emulateMedia() {
    String motion = reducedMotion ? "reduce" : "no-preference";
    List<Map<String, String>> features =
        List.of(
            Map.of("name", "prefers-color-scheme", "value", scheme.value),
            Map.of("name", "prefers-reduced-motion", "value", motion));
    driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", features));
    return this;
  }

  /** Goes to a page and waits until it is loaded. */
  Browser open(URI page) {
    driver.get(page.toString());
    return this;
  }

  /** What a script returns; its parameters are {@code arguments[0]} and so on. */
  Object run(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  boolean has(String selector) {
    return count(selector) > 0;
  }

  int count(String selector) {
    Object count = run("return document.querySelectorAll(arguments[0]).length", selector);
    return ((Number) count).intValue();
  }

  /** What a person reads of the first match; empty if there is none, or if it is hidden. */
  String text(String selector) {
    return String.valueOf(
        run(
            """
            const found = document.querySelector(arguments[0]);
            return found?.checkVisibility() ? found.innerText : '';
            """,
            selector));
  }

  /** What a person reads of all matches that are shown. */
  List<String> texts(String selector) {
    List<?> texts =
        (List<?>)
            run(
                """
                return [...document.querySelectorAll(arguments[0])]
                  .filter(found => found.checkVisibility()).map(found => found.innerText);
                """,
                selector);
    return texts.stream().map(String::valueOf).toList();
  }

  /** Types into whatever has the focus; {@link Keys} has the keys without a character. */
  void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  /** Errors in the page's console since this was asked last: scripts', policies', downloads'. */
  List<String> errors() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.SEVERE.intValue())
        .map(LogEntry::getMessage)
        .toList();
  }

  /** A picture of what is in view, as PNG. */
  Path screenshot(Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      return Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.close(driver::quit);
  }
}
