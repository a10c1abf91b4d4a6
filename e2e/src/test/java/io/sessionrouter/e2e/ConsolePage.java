package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.local.RouterPlan;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;

/** The console of one router, in a real browser, as a person uses it. */
final class ConsolePage {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Browser browser;
  private final URI url;

  ConsolePage(Browser browser, RouterPlan router) {
    this.browser = browser;
    this.url = router.management().resolve("/console/");
  }

  Browser browser() {
    return browser;
  }

  /** Leaves it, so that nothing of it goes on. */
  void leave() {
    browser.open(URI.create("about:blank"));
    browser.errors();
  }

  /** Opens it anew. */
  ConsolePage open(String hash) {
    browser.open(URI.create("about:blank"));
    browser.open(url.resolve(hash));
    until("it is live", this::isLive);
    return this;
  }

  boolean isLive() {
    return "Live".equals(browser.text("#freshness-text"));
  }

  void until(String what, Callable<Boolean> condition) {
    await(what).atMost(PATIENCE).until(condition);
  }

  void untilText(String selector, String text) {
    until(
        "\"%s\" in %s".formatted(text, selector),
        () -> browser.texts(selector).stream().anyMatch(shown -> shown.contains(text)));
  }

  void click(String selector) {
    until(selector, () -> browser.has(selector));
    browser.driver().findElement(By.cssSelector(selector)).click();
  }

  /** Clicks the one of these buttons that is shown. */
  void act(String button) {
    until(button, () -> browser.texts("#panel .act").stream().anyMatch(t -> t.startsWith(button)));
    browser.run(
        """
        [...document.querySelectorAll('#panel .act')]
          .find(button => button.innerText.startsWith(arguments[0])).click();
        """,
        button);
  }

  /** Says yes to what the page asks. */
  void confirm() {
    until("a question", () -> browser.has("#confirm[open]"));
    click("#confirm-yes");
    until("the question is gone", () -> !browser.has("#confirm[open]"));
  }

  /** Types into the search, with the keyboard alone. */
  void search(String text) {
    browser.press("/");
    until("the search has the focus", () -> "search-id".equals(focused("id")));
    browser.run("document.activeElement.value = ''");
    browser.press(text, Keys.ENTER);
  }

  /** An attribute of what has the focus. */
  String focused(String attribute) {
    return String.valueOf(
        browser.run("return document.activeElement?.getAttribute(arguments[0])", attribute));
  }

  static String instanceHash(String endpoint, String instance) {
    return "#/instances/" + encoded(endpoint) + "/" + encoded(instance);
  }

  static String sessionHash(String endpoint, String session) {
    return "#/sessions/" + encoded(endpoint) + "/" + encoded(session);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** The selector of an instance's card. */
  static String card(String endpoint, String instance) {
    return ".instance[href='%s']".formatted(instanceHash(endpoint, instance));
  }

  void untilState(String card, String state) {
    until(
        state + " on the card " + card,
        () ->
            state.equals(
                browser.run("return document.querySelector(arguments[0])?.dataset.state", card)));
  }

  /** How many sessions the endpoint has. */
  int sessions(String endpoint) {
    String text =
        browser.text("[aria-labelledby='endpoint-%s'] .endpoint-head a".formatted(endpoint));
    return Integer.parseInt(text.split(" ", -1)[0].replace(",", ""));
  }

  /** Ids of the sessions in the table. */
  List<String> rows() {
    return browser.texts("#sessions-table tbody th");
  }

  void requireNoSidewaysScrolling() {
    Object wider =
        browser.run(
            """
            const page = document.documentElement;
            return [...document.querySelectorAll('body *')]
              .filter(element => element.checkVisibility()
                && element.getBoundingClientRect().right > page.clientWidth + 1
                && !element.closest('.skip, svg, .unseen, #search label'))
              .map(element => element.outerHTML.slice(0, 120))
              .concat(page.scrollWidth > page.clientWidth ? ['the page itself'] : []);
            """);
    assertThat((List<?>) wider).as("what is wider than the window").isEmpty();
  }
}
