package io.sessionrouter.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.local.Children;
import io.sessionrouter.local.Ports;
import io.sessionrouter.local.RouterPlan;
import io.sessionrouter.local.Service;
import io.sessionrouter.local.Services;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.By;
import org.openqa.selenium.support.ui.Select;

/** The console over a running system that works, is used, and breaks. */
@ExtendWith(SharedSystem.class)
class ConsoleIT {
  private static final Path FOLDER = TestSystem.folder("console");
  private static final Children CHILDREN = new Children(FOLDER);
  private static final String ENDPOINT = "console";
  private static final int PAGE = 50;
  private static final int SLOTS = 40;

  private static Restartable redis;
  private static Restartable first;
  private static Restartable second;
  private static Restartable router;
  private static RouterPlan plan;
  private static RouterClient client;
  private static Browser browser;
  private static ConsolePage page;

  /** What the browser may complain of in this test, because the test wants it. */
  private final List<String> expected = new ArrayList<>();

  @BeforeAll
  static void start(TestSystem system) {
    Services services = system.services();
    redis = Restartable.start(CHILDREN, redis(services));
    first = Restartable.start(CHILDREN, services.container("container-1", Ports.free()));
    second = Restartable.start(CHILDREN, services.container("container-2", Ports.free()));
    Stream.of(redis, first, second).forEach(Restartable::awaitReady);
    plan = planned();
    router = Restartable.start(CHILDREN, services.router("router", plan)).awaitReady();
    client = new RouterClient(plan);
    browser = Browser.start(FOLDER);
    page = new ConsolePage(browser, plan);
  }

  private static Service redis(Services services) {
    List<String> durable = List.of("--save", "", "--appendonly", "yes");
    return services.redis("redis", Ports.free(), FOLDER.resolve("redis-data"), durable);
  }

  private static RouterPlan planned() {
    List<URI> urls = Stream.of(first, second).map(r -> r.service().url()).toList();
    Map<String, String> more =
        Map.of(
            "session-router.endpoints.console.sessions.max-per-instance",
            String.valueOf(SLOTS),
            "session-router.endpoints.console.sessions.idle-timeout",
            "15m",
            "session-router.endpoints.brief.variants.main.instances",
            urls.getFirst().toString(),
            "session-router.endpoints.brief.sessions.idle-timeout",
            "2s");
    return new RouterPlan(Ports.free(), Ports.free(), redis.service().url(), ENDPOINT, urls)
        .with(more);
  }

  @AfterAll
  static void stop() {
    browser.close();
    CHILDREN.close();
  }

  @BeforeEach
  void allRun() {
    Stream.of(redis, first, second, router).forEach(Restartable::ensureRunning);
    page.until(
        "both instances are healthy",
        () -> client.manage(instances()).body().split("\"HEALTHY\"").length == 3);
    page.leave();
  }

  @AfterEach
  void nothingIsWrongInTheBrowser() {
    assertThat(browser.errors())
        .as("errors in the browser's console")
        .allMatch(error -> expected.stream().anyMatch(error::contains));
  }

  private static String instances() {
    return "/v1/endpoints/" + ENDPOINT + "/instances";
  }

  private static String id(Restartable instance) {
    return instance.service().url().getAuthority();
  }

  private static String card(Restartable instance) {
    return ConsolePage.card(ENDPOINT, id(instance));
  }

  /** New sessions go where the fewest are, so the instance's turn comes. */
  private static String sessionOn(Restartable instance) {
    List<String> elsewhere = new ArrayList<>();
    String session = client.open().session();
    while (!client.holds(instance.service(), session)) {
      elsewhere.add(session);
      assertThat(elsewhere).as("sessions that were placed elsewhere").hasSizeLessThan(SLOTS);
      session = client.open().session();
    }
    elsewhere.forEach(other -> client.close(other).requireStatus(200));
    return session;
  }

  @Test
  void showsASessionAsSoonAsItIsOpened() {
    page.open("");
    page.untilText("#verdict", "All is well");
    int before = page.sessions(ENDPOINT);
    assertThat(browser.count(".instance[href*='/console/']")).isEqualTo(2);

    String session = client.open().session();

    page.until("one session more", () -> page.sessions(ENDPOINT) == before + 1);
    client.close(session).requireStatus(200);
    page.until("one session less", () -> page.sessions(ENDPOINT) == before);
  }

  @Test
  void drawsRequestsAndTheirFirstBytes() {
    page.open("");
    String requests = "[aria-labelledby='endpoint-console'] .line-perSecond";
    String firstBytes = "[aria-labelledby='endpoint-console'] .line-p50";
    page.until("a line", () -> !path(requests).isEmpty());
    long calm = points(path(firstBytes));

    client.stateless().requireStatus(200);

    page.until(
        "the slowest of few, and no percentiles",
        () ->
            browser.texts("[aria-labelledby='endpoint-console'] .now").stream()
                .anyMatch(
                    text -> text.matches("\\d+ requests?, slowest [\\d.]+ m?s|.* median, .*")));
    page.until("a point more", () -> points(path(firstBytes)) > calm);
    page.until("a line that is not flat", () -> heights(path(requests)) > 1);
  }

  private static String path(String selector) {
    return String.valueOf(
        browser.run(
            "return document.querySelector(arguments[0])?.getAttribute('d') ?? ''", selector));
  }

  /** A point by itself is drawn as a line to itself. */
  private static long points(String path) {
    return Stream.of(path.split("[ML]")).filter(point -> !point.isBlank()).distinct().count();
  }

  private static long heights(String path) {
    return Stream.of(path.split("[ML]", -1))
        .filter(point -> !point.isBlank())
        .map(point -> point.split(" ", -1)[1])
        .distinct()
        .count();
  }

  @Test
  void listsSessionsPageByPageAndByInstance() {
    List<String> opened = new ArrayList<>();
    for (int i = 0; i < PAGE + 5; i++) {
      opened.add(client.open().session());
    }
    page.open("#/sessions?endpoint=" + ENDPOINT);
    page.until("a full page", () -> page.rows().size() == PAGE);
    List<String> seen = new ArrayList<>(page.rows());

    page.click("#page-next");
    page.untilText("#page-number", "51–");
    page.until("the rest", () -> page.rows().size() >= 5 && page.rows().size() < PAGE);
    seen.addAll(page.rows());
    assertThat(seen).doesNotHaveDuplicates().containsAll(opened);
    page.click("#page-previous");
    page.untilText("#page-number", "1–50 of ");
    page.until("the first page again", () -> page.rows().size() == PAGE);
    page.click("[data-order=used]");
    assertThat(browser.run("return document.querySelector('th[aria-sort]').ariaSort"))
        .isEqualTo("ascending");
    choose("#filter-idle", "PT1H");
    page.untilText("#sessions-state", "idle for so long");
    choose("#filter-idle", "");
    page.until("all again", () -> page.rows().size() == PAGE);

    choose("#filter-instance", id(first));
    page.until("only its sessions", () -> allOn(id(first)));
    assertThat(page.rows()).isNotEmpty().hasSizeLessThan(PAGE);
    opened.forEach(session -> client.close(session).requireStatus(200));
    page.until("closed sessions are gone", () -> page.rows().stream().noneMatch(opened::contains));
  }

  /** Instances are shown by their containers' names. */
  private static boolean allOn(String instance) {
    List<String> shown = browser.texts("#sessions-table .on");
    return !shown.isEmpty() && shown.stream().allMatch(name(instance)::equals);
  }

  private static String name(String instance) {
    return Stream.of(first, second)
        .filter(one -> id(one).equals(instance))
        .map(one -> one.service().name())
        .findFirst()
        .orElseThrow();
  }

  private static void choose(String select, String value) {
    new Select(browser.driver().findElement(By.cssSelector(select))).selectByValue(value);
  }

  @Test
  void findsASessionAndShowsItsLife() {
    String session = sessionOn(first);
    client.ask(session).requireAnswer(RouterClient.REMEMBERED);
    page.open("");

    page.search(session);

    page.untilText("#panel-title", session);
    page.untilText("#panel .state", "Live.");
    assertThat(browser.run("return location.hash"))
        .isEqualTo(ConsolePage.sessionHash(ENDPOINT, session));
    for (String fact : List.of("Opened", "Last used", "Ends if not used", "Ends at the latest")) {
      assertThat(browser.texts("#panel dt")).contains(fact);
    }
    assertThat(browser.text("#panel .facts")).contains(name(id(first)), "session=", "main");
    assertThat(browser.text("#panel .facts"))
        .containsPattern("Context\\s+\\d+ tokens, [1-9]\\d* of them cached");
    page.open(ConsolePage.sessionHash(ENDPOINT, session));
    page.untilText("#panel .state", "Live.");
    page.until("its row is marked", () -> browser.has("#sessions-table tr[aria-current] th"));
    String hash = browser.text("#panel .facts").replaceAll("(?s).*session=(\\w+).*", "$1");
    expected.add("404");
    for (String part : List.of(session.substring(0, 8), hash, "session=" + hash)) {
      page.open("");
      page.search(part);
      page.untilText("#panel-title", session);
    }
    client.close(session).requireStatus(200);
    page.untilText("#panel .state", "is closed");
    page.untilText("#panel .facts", "a client or an operator closed it");
    assertThat(browser.texts("#panel dt"))
        .contains("Ended", "Cause", "Instance", "Opened", "Last used", "In logs");
  }

  @Test
  void saysWhatBecameOfASessionThatIsNotThere() {
    expected.add("404");
    RouterClient brief = new RouterClient(plan.at("brief"));
    String expiring = brief.open().session();
    page.open("");

    page.search("never-heard-of");
    page.untilText("#panel .state", "Session never-heard-of not found.");
    page.until(
        "the end of the idle session",
        () -> client.manage("/v1/sessions/brief/" + expiring).body().contains("SessionExpired"));
    page.search(expiring);
    page.untilText("#panel .state", "has expired");
    assertThat(browser.text("#panel-kind")).isEqualTo("Session of brief");
  }

  @Test
  void closesASession() {
    expected.add("404");
    String session = client.open().session();
    page.open(ConsolePage.sessionHash(ENDPOINT, session));

    page.act("Close the session");
    page.confirm();

    page.untilText("#panel .result", "Closed; its container freed its state.");
    page.untilText("#panel .state", "is closed");
    client.ask(session).requireRefusal("closed");
    page.until("its row is gone", () -> !page.rows().contains(session));
  }

  @Test
  void drainsAnInstanceAndTakesItBack() {
    page.open(ConsolePage.instanceHash(ENDPOINT, id(first)));
    page.untilText("#panel .state", "Healthy. Accepts new work.");

    page.act("Drain");
    page.confirm();

    page.untilText("#panel .result", "Draining: it gets no new work.");
    page.untilState(card(first), "DRAINING");
    page.untilText("#panel .facts", "an operator drains it");
    assertThat(client.manage(instances()).body()).contains("\"OPERATOR\"");
    page.untilText("#news-list", "is draining: an operator drains it.");
    page.untilText("#panel .facts", "since");
    for (int i = 0; i < 3; i++) {
      assertThat(client.holds(second.service(), client.open().session())).isTrue();
    }

    page.open(ConsolePage.instanceHash(ENDPOINT, id(second)));
    page.act("Drain");
    page.untilText("#confirm-title", "the last instance that accepts work");
    page.click("#confirm [value=no]");

    page.open(ConsolePage.instanceHash(ENDPOINT, id(first)));
    page.act("Stop draining");

    page.untilText("#panel .result", "Not draining");
    page.untilState(card(first), "HEALTHY");
    assertThat(client.manage(instances()).body()).doesNotContain("OPERATOR");
  }

  @Test
  void showsThatAnInstanceIsLostAndItsSessionsWithIt() {
    expected.add("404");
    String session = sessionOn(second);
    page.open("");

    second.kill();

    page.untilState(card(second), "GONE");
    String name = name(id(second));
    page.untilText("#verdict", name + " is gone (connection refused), for ");
    page.untilText("#news-list", name + " is gone (connection refused)");
    page.until("the client is told", () -> client.ask(session).status() == 400);
    page.untilText("#verdict", "lost with " + name + " in the last 5 min");
    page.untilText("#news-list", name + " is gone (connection refused); ");
    page.open("");
    page.untilText("#verdict", "lost with " + name + " in the last 5 min");
    page.untilText("#news-list", name + " is gone (connection refused); ");
    assertThat(browser.run("return document.querySelector('#news-list a').hash"))
        .isEqualTo(ConsolePage.instanceHash(ENDPOINT, id(second)));
    page.search(session);
    page.untilText("#panel .state", "is lost: its instance is gone");
    page.untilText("#panel .facts", "nothing listened at its instance's address");
    second.ensureRunning();
    page.open("");
    page.untilState(card(second), "HEALTHY");
  }

  @Test
  void showsThatAnInstanceDoesNotAnswer() {
    page.open("");
    second.freeze();
    try {
      page.untilState(card(second), "SILENT");
      page.untilText(card(second), "not answering, ");
    } finally {
      second.thaw();
    }
    page.untilState(card(second), "HEALTHY");
  }

  @Test
  void closesAllSessionsOfAnInstance() {
    expected.add("404");
    String session = sessionOn(first);
    page.open(ConsolePage.instanceHash(ENDPOINT, id(first)));

    page.act("Close its sessions");
    page.confirm();

    page.untilText("#panel .result", "Closed ");
    client.ask(session).requireRefusal("closed");
  }

  @Test
  void whatHappenedIsThereForAPageThatIsOpenedLater() {
    page.open("");
    client.stateless().requireStatus(200);
    String requests = "[aria-labelledby='endpoint-console'] .line-perSecond";
    page.until("a line that is not flat", () -> heights(path(requests)) > 1);

    page.open("");
    page.until("the same line", () -> heights(path(requests)) > 1);
    page.untilText("#news-list", "The router started.");
  }

  @Test
  void saysWhyAnActionFailed() {
    expected.add("503");
    page.open(ConsolePage.instanceHash(ENDPOINT, id(first)));
    redis.kill();
    page.untilText("#news-list", "Redis does not answer.");
    page.untilText("#verdict", "Redis does not answer");

    page.act("Drain");
    page.confirm();

    page.until("a reason", () -> browser.has("#panel .result.failed"));
    assertThat(browser.texts("#panel .result.failed")).allMatch(reason -> reason.endsWith("."));
    redis.ensureRunning();
    page.untilText("#news-list", "Redis answers again.");
    client.undrain(id(first));
  }

  @Test
  void neverShowsThePastAsThePresentAndComesBackByItself() {
    expected.add("ERR_");
    page.open("");

    router.kill();
    page.untilText("#freshness-text", "No data for");
    page.untilText("#freshness-text", "What you see is from");
    assertThat(browser.has("body.stale")).isTrue();
    router.ensureRunning();

    page.until("it is live again", page::isLive);
    page.untilText("#news-list", "The router started.");
    assertThat(browser.has("body.stale")).isFalse();
  }

  @Test
  void takesTextForTextAndNeverForMarkup() {
    expected.add("404");
    String markup = "<img src=x onerror=window.harmed=1>";
    page.open(ConsolePage.sessionHash(ENDPOINT, markup));
    page.untilText("#panel-title", markup);
    page.untilText("#panel .state", "not found");
    page.open(ConsolePage.instanceHash(markup, markup));
    page.untilText("#panel-title", markup);
    page.open("#/sessions?endpoint=" + ENDPOINT + "&instance=%3Cb%3E");
    page.untilText("#sessions-state", "Instance <b> of endpoint");

    assertThat(browser.count("main img, aside img, main b b")).isZero();
    assertThat(browser.run("return window.harmed ?? null")).isNull();
  }
}
