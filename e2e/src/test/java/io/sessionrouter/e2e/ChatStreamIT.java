package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionrouter.e2e.PlayedRouter.Call;
import io.sessionrouter.local.Ports;
import io.sessionrouter.local.chat.ChatServer;
import io.sessionrouter.local.chat.Scene;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** The chat page in a real browser, with answers that come, and fail, when the test wants. */
class ChatStreamIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static Browser browser;
  private PlayedRouter router;
  private ChatServer server;
  private ChatPage page;

  @BeforeAll
  static void startBrowser() {
    browser = Browser.start(TestSystem.folder("chat-stream"));
  }

  @AfterAll
  static void stopBrowser() {
    browser.close();
  }

  @BeforeEach
  void start() throws Exception {
    router = PlayedRouter.start();
    URI management = URI.create("http://127.0.0.1:" + Ports.free());
    server = ChatServer.start(0, new Scene("chat", router.url(), management, List.of()), "sr-key");
    page = ChatPage.open(browser, server.url());
  }

  @AfterEach
  void stop() {
    page.forget();
    browser.open(URI.create("about:blank"));
    server.close();
    router.close();
    browser.size(1280, 800);
    browser.errors();
  }

  @Test
  void textGrowsWhileTheStreamRuns() throws Exception {
    Call call = askWithoutSession();

    call.stream().token("Your");
    awaitAnswer("Your", "true");

    call.token(" cat");
    awaitAnswer("Your cat", "true");

    call.end(10, 0);
    awaitAnswer("Your cat", "false");
    page.awaitTurns(1);
    assertThat(page.fact("cached")).isEqualTo("0 of 10 tokens");
    assertThat(page.fact("first-token")).matches("[\\d,.]+ ms");
    assertThat(page.fact("served")).matches("[\\d,.]+ ms");
    assertThat(page.fact("instance")).isEqualTo("unknown");
    assertThat(browser.errors()).isEmpty();
  }

  @Test
  void piecesMayEndAnywhere() throws Exception {
    Call call = askWithoutSession().stream();

    for (byte piece : Call.event("Zoë 🐈 猫").getBytes(StandardCharsets.UTF_8)) {
      call.send(new byte[] {piece});
    }

    awaitAnswer("Zoë 🐈 猫", "true");
    call.end(10, 0);
    page.awaitTurns(1);
  }

  @Test
  void stopEndsTheCallAndKeepsWhatCame() throws Exception {
    Call call = askWithoutSession().stream().token("Once");
    awaitAnswer("Once", "true");

    page.click("#stop").awaitTurns(1);

    awaitThatNobodyListens(call);
    assertThat(page.answer()).isEqualTo("Once");
    assertThat(page.last(".note")).isEqualTo("Stopped.");
    assertThat(browser.errors()).isEmpty();
  }

  @Test
  void escapeStopsBeforeTheFirstToken() throws Exception {
    Call call = askWithoutSession();

    browser.press(Keys.ESCAPE);
    page.awaitTurns(1);

    awaitThatNobodyListens(call);
    assertThat(page.focus()).isEqualTo("question");
    assertThat(page.last(".note")).isEqualTo("Stopped.");
  }

  @Test
  void aStreamWithoutItsEndIsNotTakenForWhole() throws Exception {
    askWithoutSession().stream().token("Your").hangUp();

    page.awaitTurns(1);
    assertThat(page.answer()).isEqualTo("Your");
    assertThat(page.last(".message")).contains("The answer broke off");
    assertThat(page.remedies()).containsExactly("Ask again");
  }

  @Test
  void aConnectionThatBreaksIsNotTakenForAnEnd() throws Exception {
    Call call = askWithoutSession().header("Content-Type", "text/event-stream").begin(100_000);
    call.token("Your");
    awaitAnswer("Your", "true");

    call.hangUp();

    page.awaitTurns(1);
    assertThat(page.last(".message")).contains("The answer broke off");
  }

  @Test
  void anErrorWithinAStreamIsShownAsItCame() throws Exception {
    Call call = askWithoutSession().stream().token("Your");
    call.send(
        "data:{\"error\":\"the stream took longer than PT10M\",\"error_type\":\"TIMEOUT\"}\n\n");
    call.hangUp();

    page.awaitTurns(1);
    assertThat(page.last(".code")).isEqualTo("TIMEOUT");
    assertThat(page.last(".message")).isEqualTo("the stream took longer than PT10M");
    assertThat(page.remedies()).as("the failure table does not say so").isEmpty();
  }

  @Test
  void aContextThatIsTooLongIsExplainedAndItsJsonFolded() throws Exception {
    page.click("#stateless").ask("Where?");
    router
        .next()
        .answer(
            424,
            Map.of("x-amzn-RequestId", "r-2"),
            """
            {"code":"ModelError","Message":"Received client error (400) from main.",\
            "OriginalStatusCode":400,"OriginalMessage":"{\\"error\\":{\\"code\\":\\"CONTEXT_TOO_LONG\\",\
            \\"message\\":\\"the prompt is 47620 tokens too long: it has 64003 with its marks, the session 0\
             before (expected: at most 16384 with room for a reply)\\"}}"}
            """);

    page.awaitTurns(1);
    assertThat(page.last(".code")).isEqualTo("Too long for the model");
    assertThat(page.last(".message"))
        .isEqualTo("The context has 64,003 tokens; this model takes 16,384. Shorten it.");
    assertThat(page.last(".raw")).as("is folded").isEmpty();
    page.click(".turn:last-child summary");
    assertThat(page.last(".raw")).contains("\"OriginalStatusCode\":400");
    assertThat(page.last(".request")).isEqualTo("Request r-2");
    assertThat(page.remedies()).isEmpty();
  }

  @Test
  void theFirstQuestionOpensASession() throws Exception {
    page.context("A context.").ask("Where?");
    Call opening = router.next();
    assertThat(opening.session()).isEqualTo("NEW_SESSION");
    page.awaitText(".turn:last-child .kind", "New session");
    page.awaitThat(
        "the status of the opening",
        "return /^Opening… reading \\d+ B,"
            + " \\d/.test(document.querySelector('.waiting').textContent)");
    opened(opening).end(10, 0);

    Call question = router.next();
    assertThat(question.session()).isEqualTo("s-1");
    assertThat(question.body()).contains("\"inputs\":\"Where?\"");
    question.stream().token("Here").end(20, 10);
    page.awaitTurns(2);
    assertThat(page.answer()).isEqualTo("Here");
  }

  @Test
  void aQuestionNeedsAContext() {
    page.context(" ").ask("Where?");

    page.awaitText(
        "#session-text", "A session needs a context: type one, or take the sample text.");
    assertThat(page.focus()).isEqualTo("context");
    assertThat(browser.run("return document.querySelector('#question').value")).isEqualTo("Where?");
  }

  @Test
  void aLongWaitSaysForWhom() throws Exception {
    openSession();
    page.ask("Where?");
    Call call = router.next();

    page.awaitThat(
        "the wait after a second",
        "return /^waiting for chat-7, [1-9]/.test("
            + "document.querySelector('.turn:last-child .waiting').textContent)");

    call.stream().token("Here").end(20, 12);
    page.awaitTurns(2);
    assertThat(page.last(".waiting")).isEmpty();
  }

  @Test
  void askBothShowsTheSameQuestionSideBySide() throws Exception {
    openSession();
    browser.run("document.querySelector('#question').value = 'Where?'");
    page.click("#both");
    Call inSession = router.next();
    assertThat(inSession.session()).isEqualTo("s-1");
    inSession.stream().token("Here").end(20, 12);
    Call without = router.next();
    assertThat(without.session()).isEqualTo("null");
    assertThat(without.body()).contains("\"inputs\":\"A context. Where?\"");
    page.awaitThat(
        "a timer",
        "return document.querySelector('.pair .turn:nth-child(2) .waiting')"
            + "?.textContent.startsWith('waiting for an instance, ') ?? false");
    without.stream().token("Here").end(20, 0);

    page.awaitTurns(3);
    assertThat(browser.texts(".pair .kind")).containsExactly("In the session", "Without session");
    page.awaitThat("its verdict", "return document.querySelector('.pair .verdict') !== null");
    assertThat(browser.text(".pair .verdict")).contains("×", "the first token");
    assertThat(left(1)).as("side by side").isGreaterThan(left(0));
    browser.size(390, 844);
    assertThat(left(1)).as("one below the other on a phone").isEqualTo(left(0));
    assertThat(page.overhang()).isZero();
  }

  private static long left(int index) {
    return ((Number)
            browser.run(
                "return Math.round(document.querySelectorAll('.pair .turn')[arguments[0]]"
                    + ".getBoundingClientRect().left)",
                index))
        .longValue();
  }

  @Test
  void aReloadKeepsTheTurnsAndContinuesTheSession() throws Exception {
    openSession();
    page.ask("Where?");
    router.next().stream().token("Here").end(20, 12);
    page.awaitTurns(2);

    page = ChatPage.open(browser, server.url());
    assertThat(browser.texts(".answer")).containsExactly("Good.", "Here");
    assertThat(browser.text(".mark")).isEqualTo("Page reloaded. The session continues.");
    assertThat(browser.text("#session-text")).startsWith("Kept over the reload: open on chat-7");
    page.ask("And now?");

    Call next = router.next();
    assertThat(next.session()).isEqualTo("s-1");
    assertThat(next.body()).contains("\"inputs\":\"And now?\"");
    next.stream().token("There").end(30, 20);
    page.awaitTurns(3);
    assertThat(browser.text("#comparison [data-row=count] td")).isEqualTo("2");
    assertThat(browser.errors()).isEmpty();
  }

  @Test
  void aSessionThatIsLostIsCalledSo() throws Exception {
    openSession();
    page.ask("Where?");
    router
        .next()
        .answer(
            400,
            Map.of(),
            "{\"code\":\"ValidationError\",\"Message\":\"Session s-1 is lost: the instance that"
                + " held the session is gone.\"}");

    page.awaitTurns(2);
    assertThat(page.last(".code")).isEqualTo("Session lost");
    assertThat(browser.text("#session-text")).isEqualTo("Session lost.");
    page.remedy("Open a new session and ask again");
    opened(router.next()).end(10, 0);
    Call again = router.next();
    assertThat(again.body()).contains("\"inputs\":\"Where?\"");
    again.stream().token("Here").end(20, 10);
    page.awaitTurns(4);
  }

  @Test
  void answersAreTextAndNeverMarkup() throws Exception {
    String markup = "<img src=x onerror=document.title='broken'><b>bold</b>";
    askWithoutSession().stream().token(markup).end(1, 0);

    page.awaitTurns(1);
    assertThat(page.answer()).isEqualTo(markup);
    assertThat(browser.has(".turn img")).isFalse();
    assertThat(browser.has(".turn b")).isFalse();
    assertThat(browser.errors()).isEmpty();
  }

  @Test
  void whatIsPutOffIsShownAndAskedAgainInTheSameSession() throws Exception {
    openSession();
    page.ask("Where?");
    Call first = router.next();
    first.answer(
        503,
        Map.of("x-amzn-RequestId", "r-1", "Retry-After", "1"),
        "{\"code\":\"ServiceUnavailable\",\"Message\":\"It cannot be reached now.\"}");

    page.awaitTurns(2);
    assertThat(page.last(".code")).isEqualTo("Not available now");
    assertThat(page.last(".message")).isEqualTo("It cannot be reached now.");
    assertThat(page.remedies()).containsExactly("Ask again", "Open a new session and ask again");

    page.remedy("Ask again");
    Call again = router.next();
    assertThat(again.session()).isEqualTo("s-1");
    assertThat(again.body()).isEqualTo(first.body());
    again.stream().token("Here").end(20, 12);
    page.awaitTurns(3);
    assertThat(page.fact("cached")).isEqualTo("12 of 20 tokens");
    assertThat(browser.has(".remedies")).as("remedies of the former turn").isFalse();
  }

  @Test
  void aRouterThatIsDownIsNamed() {
    router.close();

    page.click("#stateless").ask("Where?").awaitTurns(1);

    assertThat(page.last(".code")).isEqualTo("The router does not answer");
    assertThat(page.remedies()).containsExactly("Ask again");
    assertThat(page.last(".message")).contains(router.url().getAuthority(), "demo still running?");
  }

  @Test
  void aLauncherThatIsGoneIsNamed() {
    server.close();

    page.click("#stateless").ask("Where?").awaitTurns(1);

    assertThat(page.last(".message")).contains("Is ./demo still running?");
  }

  private void openSession() throws Exception {
    page.context("A context.").click("#open");
    Call opening = router.next();
    assertThat(opening.session()).isEqualTo("NEW_SESSION");
    assertThat(opening.body())
        .contains("\"requestType\":\"NEW_SESSION\"", "\"inputs\":\"A context.\"");
    opened(opening).end(10, 0);
    page.awaitTurns(1);
    assertThat(browser.text("#session-text")).startsWith("Open on chat-7 until ");
  }

  private static Call opened(Call opening) throws IOException {
    return opening
        .header("X-Amzn-SageMaker-New-Session-Id", "s-1; Expires=2099-01-01T00:00:00Z")
        .header("X-Amzn-SageMaker-Custom-Attributes", "instance=chat-7")
        .stream()
        .token("Good.");
  }

  private Call askWithoutSession() throws Exception {
    page.context("A context.").click("#stateless").ask("Where?");
    Call call = router.next();
    assertThat(call.session()).isEqualTo("null");
    assertThat(call.body()).contains("\"inputs\":\"A context. Where?\"");
    return call;
  }

  private void awaitAnswer(String text, String busy) {
    page.awaitThat(
        "\"%s\", busy: %s".formatted(text, busy),
        """
        const answer = document.querySelector('.turn:last-child .answer');
        return answer?.textContent === arguments[0] && answer.ariaBusy === arguments[1];
        """,
        text,
        busy);
  }

  private static void awaitThatNobodyListens(Call call) {
    await("the end of the connection")
        .atMost(PATIENCE)
        .until(
            () -> {
              try {
                if (!call.begun()) {
                  call.stream();
                }
                call.token(" more");
                return false;
              } catch (IOException gone) {
                return true;
              }
            });
  }
}
