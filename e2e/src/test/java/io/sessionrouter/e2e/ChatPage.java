package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/** The chat page in a browser, as a person uses it. */
record ChatPage(Browser browser) {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Goes to the page and waits until it can be used. */
  static ChatPage open(Browser browser, URI url) {
    browser.open(url);
    ChatPage page = new ChatPage(browser);
    page.awaitThat("it is ready", "return document.querySelectorAll('.chip').length > 0");
    return page;
  }

  /** Makes the page begin anew when it is opened again. */
  void forget() {
    browser.run("sessionStorage.clear()");
  }

  ChatPage click(String selector) {
    browser.run("document.querySelector(arguments[0]).click()", selector);
    return this;
  }

  /** Sends a question as if it were typed. */
  ChatPage ask(String question) {
    browser.run(
        """
        const field = document.querySelector('#question');
        field.value = arguments[0];
        field.form.requestSubmit();
        """,
        question);
    return this;
  }

  ChatPage context(String text) {
    browser.run(
        """
        const field = document.querySelector('#context');
        field.value = arguments[0];
        field.dispatchEvent(new Event('input'));
        """,
        text);
    return this;
  }

  /** Waits until so many turns are there, and none of them goes on. */
  ChatPage awaitTurns(int count) {
    awaitThat(
        count + " turns that have ended",
        """
        const turns = [...document.querySelectorAll('.turn')];
        return turns.length === arguments[0]
          && turns.every(turn => ['done', 'failed'].includes(turn.dataset.state))
          && document.querySelector('#stop').hidden;
        """,
        count);
    return this;
  }

  ChatPage awaitThat(String what, String script, Object... arguments) {
    await(what)
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(browser.run(script, arguments))
                    .as("the page:\n%s", text())
                    .isEqualTo(true));
    return this;
  }

  ChatPage awaitText(String selector, String expected) {
    await("text of " + selector)
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(browser.text(selector)).as(text()).isEqualTo(expected));
    return this;
  }

  String text() {
    return browser.text("body");
  }

  /** The last turn's part. */
  String last(String selector) {
    return browser.text(".turn:last-child " + selector);
  }

  /** A fact of the last turn. */
  String fact(String name) {
    return last("[data-fact=" + name + "] dd");
  }

  String answer() {
    return last(".answer");
  }

  List<String> remedies() {
    return browser.texts(".turn:last-child .remedies button");
  }

  /** Chooses one of the last turn's remedies. */
  ChatPage remedy(String label) {
    browser.run(
        """
        [...document.querySelectorAll('.turn:last-child .remedies button')]
          .find(button => button.textContent === arguments[0]).click();
        """,
        label);
    return this;
  }

  /** What has the focus, by its id. */
  String focus() {
    return String.valueOf(browser.run("return document.activeElement.id"));
  }

  /** How much wider than the window the page is, in pixels. */
  long overhang() {
    return ((Number)
            browser.run(
                "return document.documentElement.scrollWidth -"
                    + " document.documentElement.clientWidth"))
        .longValue();
  }
}
