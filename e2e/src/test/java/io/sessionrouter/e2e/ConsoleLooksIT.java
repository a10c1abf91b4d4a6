package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.local.RouterPlan;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

/** The console for every eye and hand: colours, small windows, the keyboard alone. */
@ExtendWith(SharedSystem.class)
class ConsoleLooksIT {
  /** Contrast that WCAG 2 asks for (AA), of text and of large text. */
  private static final String TEXTS_HARD_TO_READ =
      """
      const channel = value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
      const parsed = color => color.match(/[\\d.]+/g).map(Number);
      const luminance = ([r, g, b]) => 0.2126 * channel(r / 255)
        + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255);
      const ground = element => {
        for (let e = element; e; e = e.parentElement) {
          const color = parsed(getComputedStyle(e).backgroundColor);
          if (color.length === 3 || color[3] === 1) return color;
          if (color[3] > 0) throw new Error('half transparent: ' + e.outerHTML.slice(0, 80));
        }
        return [255, 255, 255];
      };
      const hasText = element => [...element.childNodes]
        .some(node => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
      const found = [];
      let texts = 0;
      for (const element of document.querySelectorAll('body *')) {
        if (!hasText(element) || !element.checkVisibility() || element.matches(':disabled, .unseen')) {
          continue;
        }
        texts++;
        const style = getComputedStyle(element);
        const [a, b] = [luminance(parsed(style.color)), luminance(ground(element))];
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
        if (contrast < (large ? 3 : 4.5)) {
          found.push(contrast.toFixed(2) + ' ' + element.outerHTML.slice(0, 120));
        }
      }
      return texts < 20 ? ['only ' + texts + ' texts found'] : found;
      """;

  private static Browser browser;
  private static ConsolePage page;
  private static RouterClient client;
  private static String instance;
  private String session;

  @BeforeAll
  static void start(TestSystem system) {
    browser = Browser.start(TestSystem.folder("console-looks"));
    page = new ConsolePage(browser, system.router());
    client = new RouterClient(system.router());
    instance = system.containers().getFirst().url().getAuthority();
  }

  @AfterAll
  static void stop() {
    browser.close();
  }

  @BeforeEach
  void openASession() {
    session = client.open().session();
    browser.size(1280, 800).scheme(Browser.Scheme.LIGHT);
    page.leave();
  }

  @AfterEach
  void closeIt() {
    client.close(session);
    client.undrain(instance);
    assertThat(browser.errors())
        .as("errors in the browser's console, but that other endpoints do not have the session")
        .allMatch(error -> error.contains("/v1/sessions/") && error.contains("404"));
  }

  private List<String> views() {
    return List.of(
        "#/",
        ConsolePage.instanceHash(RouterPlan.ENDPOINT, instance),
        "#/sessions?endpoint=" + RouterPlan.ENDPOINT,
        ConsolePage.sessionHash(RouterPlan.ENDPOINT, session));
  }

  private static void openAll(String hash) {
    page.open(hash);
    String shown = hash.startsWith("#/sessions") ? "#sessions-table tbody tr" : ".instance";
    page.until(shown, () -> browser.has(shown));
    if (!hash.equals("#/") && !hash.contains("?")) {
      page.until("facts", () -> browser.count("#panel .facts dt") > 3);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyTextCanBeRead(Browser.Scheme scheme) {
    browser.scheme(scheme);
    for (String hash : views()) {
      openAll(hash);
      assertThat((List<?>) browser.run(TEXTS_HARD_TO_READ)).as(hash).isEmpty();
    }
  }

  @Test
  void lightIsLightAndDarkIsDark() {
    List<Object> grounds = new ArrayList<>();
    for (Browser.Scheme scheme : Browser.Scheme.values()) {
      browser.scheme(scheme);
      page.open("");
      grounds.add(browser.run("return getComputedStyle(document.body).backgroundColor"));
    }
    assertThat(grounds).containsExactly("rgb(246, 247, 249)", "rgb(18, 21, 26)");
  }

  @ParameterizedTest
  @ValueSource(ints = {360, 700, 1024})
  void nothingIsWiderThanTheWindow(int width) {
    browser.size(width, 740);
    for (String hash : views()) {
      openAll(hash);
      page.requireNoSidewaysScrolling();
    }
  }

  /** From the top to a drained instance and back, without a mouse. */
  @Test
  void everythingCanBeDoneWithTheKeyboard() {
    page.open("");
    String card = ConsolePage.instanceHash(RouterPlan.ENDPOINT, instance);
    page.until("its card", () -> browser.has(ConsolePage.card(RouterPlan.ENDPOINT, instance)));
    assertThat(tabbed()).isEqualTo("#content");

    tabTo("href", "#/instances/" + RouterPlan.ENDPOINT);
    browser.press(Keys.HOME);
    for (int i = 0; i < 2 && !card.equals(page.focused("href")); i++) {
      browser.press(Keys.ARROW_RIGHT);
    }
    assertThat(page.focused("href")).isEqualTo(card);
    browser.press(Keys.ENTER);
    page.until("the panel", () -> "panel-title".equals(page.focused("id")));

    tabTo("class", "act");
    browser.press(Keys.ENTER);
    page.until("the question", () -> browser.has("#confirm[open]"));
    assertThat(page.focused("value")).as("the answer that does nothing").isEqualTo("no");
    browser.press(Keys.ESCAPE);
    page.until("no question", () -> !browser.has("#confirm[open]"));
    assertThat(page.focused("class")).as("what has the focus again").isEqualTo("act");

    browser.press(Keys.ENTER);
    page.until("the question", () -> browser.has("#confirm[open]"));
    browser.press(Keys.TAB, Keys.ENTER);
    page.untilText("#panel .result", "Draining: it gets no new work.");
    page.untilState(ConsolePage.card(RouterPlan.ENDPOINT, instance), "DRAINING");

    browser.press(Keys.ESCAPE);
    page.until(
        "the panel is closed",
        () -> !browser.run("return document.getElementById('panel').hidden").equals(false));
    assertThat(page.focused("href")).as("where it began").isEqualTo(card);
    page.search(session);
    page.untilText("#panel-title", session);
  }

  /** Tabs on until the attribute of what has the focus begins so; each stop shows the focus. */
  private static void tabTo(String attribute, String beginning) {
    List<String> stops = new ArrayList<>();
    do {
      stops.add(tabbed());
      assertThat(stops).as("stops before %s=%s", attribute, beginning).hasSizeLessThan(40);
    } while (!page.focused(attribute).startsWith(beginning));
  }

  private static String tabbed() {
    browser.press(Keys.TAB);
    Object outline = browser.run("return getComputedStyle(document.activeElement).outlineStyle");
    assertThat(outline)
        .as("outline of %s", browser.run("return document.activeElement.outerHTML"))
        .isNotEqualTo("none");
    return page.focused("href");
  }
}
