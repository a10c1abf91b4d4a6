package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;
import org.openqa.selenium.interactions.Actions;

/** The chat page in a real browser, over the real demo. */
class ChatPageIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String QUESTION = "What is the code of the safe?";
  private static final String REMEMBERED = "The code of the safe is 4711.";

  private static RunningDemo demo;
  private static Browser browser;
  private ChatPage page;

  @BeforeAll
  static void start() throws Exception {
    demo = RunningDemo.start();
    browser = Browser.start(TestSystem.folder("chat-page"));
    demo.awaitReady();
  }

  @AfterAll
  static void stop() throws Exception {
    demo.stop();
    browser.close();
  }

  @BeforeEach
  void open() {
    browser.size(1280, 800).scheme(Browser.Scheme.LIGHT);
    page = ChatPage.open(browser, demo.chat());
  }

  @AfterEach
  void leave() {
    page.forget();
    browser.open(URI.create("about:blank"));
    browser.errors();
  }

  @Test
  void showsWhatASessionSaves() {
    page.click("#open").awaitTurns(1);
    assertThat(page.fact("cached")).as("an opening computes all").matches("0 of 4,0\\d\\d tokens");

    page.ask(QUESTION).awaitTurns(2);
    assertThat(page.answer()).isEqualTo(REMEMBERED);
    assertThat(page.fact("cached")).matches("4,0\\d\\d of 4,0\\d\\d tokens");
    assertThat(page.fact("sent")).matches("\\d\\d\\d? B");
    assertThat(demo.session(browser.text("#session-id")))
        .contains(demo.address(page.fact("instance")));

    page.click("#stateless").ask(QUESTION).awaitTurns(3);
    assertThat(page.answer()).isEqualTo(REMEMBERED);
    assertThat(page.fact("cached")).matches("0 of 4,0\\d\\d tokens");
    assertThat(page.fact("sent")).isEqualTo("18 kB");
    assertThat(demo.address(page.fact("instance"))).as("it is one of the demo's").isNotEmpty();

    assertThat(row("count")).containsExactly("1", "1");
    assertThat(row("firstToken")).allMatch(cell -> cell.matches("[\\d,.]+ ms"));
    assertThat(row("cached").getFirst()).startsWith("99.");
    assertThat(row("cached").getLast()).isEqualTo("0 %");
    assertThat(browser.text("#verdict")).contains("×", "the first token");
    assertThat(browser.errors()).isEmpty();
  }

  @Test
  void theFirstClickOpensASessionAndAsks() {
    page.context("My cat is called Zorro. My car is red.");

    page.click(".chip:nth-child(1)").awaitTurns(2);
    assertThat(page.answer()).isEqualTo("Your cat is called Zorro.");
    page.click(".chip:last-child").awaitTurns(3);
    assertThat(page.answer()).contains("I do not know");
    assertThat(page.last(".note")).as("a hint for what the model does not know").isNotEmpty();
  }

  @Test
  void saysWhatIsTooLongForTheModel() {
    page.context("The weather was wet that day. ".repeat(6_000)).click("#open").awaitTurns(1);

    assertThat(page.last(".code")).isEqualTo("Too long for the model");
    assertThat(page.last(".message"))
        .matches("The context has [\\d,]+ tokens; this model takes 16,\\d{3}. Shorten it.");
    assertThat(page.remedies()).isEmpty();
  }

  @Test
  void aReloadContinuesTheSession() {
    page.click("#open").awaitTurns(1);
    String session = browser.text("#session-id");

    page = ChatPage.open(browser, demo.chat());
    assertThat(browser.text("#session-id")).isEqualTo(session);
    page.ask(QUESTION).awaitTurns(2);

    assertThat(page.answer()).isEqualTo(REMEMBERED);
    assertThat(page.fact("cached")).matches("4,0\\d\\d of 4,0\\d\\d tokens");
    page.click("#close").awaitText("#session-text", "The session is closed.");
  }

  @Test
  void theComposerLeavesTheConversationItsPlace() {
    for (var size : List.of(List.of(1280, 800), List.of(640, 400), List.of(390, 844))) {
      browser.size(size.getFirst(), size.getLast());
      assertThat(composer("bottom")).as("its end").isLessThanOrEqualTo(size.getLast());
      assertThat(composer("height")).isLessThan(size.getLast() * 0.4);
      assertThat(page.overhang()).isZero();
    }
    assertThat(browser.run("return getComputedStyle(document.querySelector('.side')).overflowY"))
        .as("no scrollbar within the page")
        .isEqualTo("visible");
  }

  private static double composer(String what) {
    Object value =
        browser.run(
            "return document.querySelector('#composer').getBoundingClientRect()[arguments[0]]",
            what);
    return ((Number) value).doubleValue();
  }

  @Test
  void closesAndRenewsSessions() {
    page.context("My cat is called Zorro.").click("#open").awaitTurns(1);
    String first = browser.text("#session-id");

    page.click("#open").awaitTurns(2);
    String second = browser.text("#session-id");
    assertThat(second).isNotEqualTo(first);
    awaitEnd(first);

    page.click("#close").awaitText("#session-text", "The session is closed.");
    awaitEnd(second);
    assertThat(browser.run("return document.querySelector('#context').readOnly")).isEqualTo(false);
  }

  @Test
  void stopEndsTheContainersWork() {
    page.context("My cat is called Zorro.").click("#open").awaitTurns(1);
    browser.run("document.querySelector('#temperature').value = 10");
    browser.run("document.querySelector('#most-tokens').value = 12000");
    double before = cancelled();

    await("an answer that is stopped, and did not end by itself before")
        .atMost(PATIENCE)
        .until(this::stopAnAnswer);

    await("the end of the container's work")
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(cancelled()).isGreaterThan(before);
              assertThat(demo.sum("model_container_sequences_active")).isZero();
            });
    assertThat(page.answer()).isNotEmpty();
  }

  /** Tokens drawn at such a temperature are all alike, and one of them ends the answer. */
  private boolean stopAnAnswer() {
    int turns = browser.count(".turn");
    page.ask("Hello.");
    page.awaitThat(
        "some of the answer",
        """
        const turn = document.querySelector('.turn:last-child');
        return document.querySelectorAll('.turn').length > arguments[0]
          && (turn.querySelector('.answer').textContent.length > 20
            || turn.dataset.state === 'done');
        """,
        turns);
    page.click("#stop").awaitTurns(turns + 1);
    return page.last(".note").equals("Stopped.");
  }

  @Test
  void offersANewSessionWhenOneIsLost() {
    page.click("#open").awaitTurns(1);
    String held = page.fact("instance");
    String command = browser.text("#session-kill");
    assertThat(command).isEqualTo("kill -9 " + demo.process(held));

    demo.kill(held);
    page.ask(QUESTION).awaitTurns(2);
    // Until the router is sure that the instance is gone it puts clients off.
    for (int turn = 3; turn < 150 && page.remedies().contains("Ask again"); turn++) {
      page.remedy("Ask again").awaitTurns(turn);
    }

    assertThat(page.last(".code")).isEqualTo("Session lost");
    assertThat(page.last(".message")).contains("gone");
    assertThat(page.remedies()).containsExactly("Open a new session and ask again");
    assertThat(browser.text("#session-text")).isEqualTo("Session lost.");
    browser.size(360, 640);
    assertThat(page.overhang()).as("in a narrow window").isZero();

    int turns = browser.count(".turn");
    page.remedy("Open a new session and ask again").awaitTurns(turns + 2);
    assertThat(page.fact("instance")).isNotEqualTo(held);
    assertThat(page.answer()).isEqualTo(REMEMBERED);
    assertThat(page.fact("cached")).matches("4,0\\d\\d of 4,0\\d\\d tokens");
  }

  @Test
  void worksByKeyboardAlone() {
    assertThat(page.focus()).isEqualTo("question");
    browser.press(QUESTION, Keys.ENTER);
    page.awaitTurns(2);
    assertThat(page.answer()).isEqualTo(REMEMBERED);
    assertThat(page.focus()).isEqualTo("question");

    browser.press(Keys.TAB, Keys.TAB, Keys.TAB);
    assertThat(page.focus()).isEqualTo("stateless");
    browser.press(Keys.SPACE);
    backwards();
    backwards();
    backwards();
    assertThat(page.focus()).isEqualTo("question");
    browser.press(QUESTION, Keys.ENTER);
    page.awaitTurns(3);
    assertThat(page.last(".kind")).isEqualTo("Without session");
    assertThat(page.answer()).isEqualTo(REMEMBERED);
    assertThat(browser.errors()).isEmpty();
  }

  private static void backwards() {
    new Actions(browser.driver())
        .keyDown(Keys.SHIFT)
        .sendKeys(Keys.TAB)
        .keyUp(Keys.SHIFT)
        .perform();
  }

  @Test
  void fitsANarrowWindowInLightAndDark() {
    browser.size(360, 640);
    assertThat(page.overhang()).as("at the start").isZero();

    page.click("#open").awaitTurns(1).ask("x".repeat(200)).awaitTurns(2);
    page.click("#stateless").click(".chip").awaitTurns(3);
    page.click("details > summary");

    assertThat(page.overhang()).as("with turns").isZero();
    assertThat(Contrast.tooLow(browser)).as("in light").isEmpty();
    browser.scheme(Browser.Scheme.DARK);
    assertThat(Contrast.tooLow(browser)).as("in dark").isEmpty();
    assertThat(browser.run("return getComputedStyle(document.body).backgroundColor"))
        .isEqualTo("rgb(21, 24, 27)");
    assertThat(browser.errors()).isEmpty();
  }

  @Test
  void tellsTheAnswerToThoseWhoHearIt() {
    page.context("My cat is called Zorro.").click("#open").awaitTurns(1);

    assertThat(
            browser.run(
                """
                const answer = document.querySelector('.turn:last-child .answer');
                return [answer.ariaLive, answer.ariaBusy].join();
                """))
        .isEqualTo("polite,false");
    assertThat(
            browser.run(
                """
                return [...document.querySelectorAll('input, textarea, button')]
                  .filter(control => !control.labels?.length && !control.ariaLabel
                    && !control.getAttribute('aria-labelledby') && !control.textContent.trim())
                  .map(control => control.id).join();
                """))
        .as("controls without a name")
        .isEqualTo("");
  }

  @Test
  void leadsToTheConsoleLoggedIn() {
    browser.driver().manage().deleteAllCookies();
    // In the same tab, which is the one that the browser shows.
    browser.run("document.querySelector('#console').target = ''");
    page.click("#console");
    awaitConsole();
    assertThat(browser.run("return document.cookie"))
        .as("what scripts see of the login")
        .asString()
        .contains("=yes")
        .doesNotContain(demo.bearerKey());

    browser.driver().manage().deleteAllCookies();
    browser.open(demo.chat().resolve("/console"));
    awaitConsole();
    assertThat(browser.errors()).isEmpty();
  }

  private static void awaitConsole() {
    await("the console is live")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(browser.text("#freshness-text")).isEqualTo("Live"));
    assertThat(browser.run("return location.href"))
        .isEqualTo(demo.management().resolve("/console/").toString());
  }

  @Test
  void leadsToTheMetrics() {
    assertThat(browser.run("return document.querySelector('#metrics').href"))
        .isEqualTo(demo.chat().resolve("/metrics").toString());
  }

  private static List<String> row(String name) {
    return browser.texts("#comparison [data-row=" + name + "] td");
  }

  private static void awaitEnd(String session) {
    await("the end of the session")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(demo.session(session)).doesNotContain("expiresAt"));
  }

  private static double cancelled() {
    return demo.sum("model_container_requests_total\\{[^}]*outcome=\"cancelled\"[^}]*}");
  }
}
