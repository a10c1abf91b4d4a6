package io.sessionrouter.app;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import io.sessionrouter.testing.RedisProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged router, one process for all tests, whose configuration changes while it runs. Its
 * files are mounted as the kubelet mounts a ConfigMap: links into a directory that is exchanged.
 */
class RouterConfigurationIT {
  /** What a change may take. */
  private static final Duration IN_FORCE = Duration.ofSeconds(5);

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String FILE = "application.properties";

  @TempDir static Path directory;
  private static RedisProcess redis;
  private static MemoContainer one;
  private static MemoContainer two;
  private static RouterProcess router;
  private static URI management;
  private static String data;
  private static int version;

  @BeforeAll
  static void startRouter() throws IOException {
    redis = RedisProcess.start();
    one = MemoContainer.start();
    two = MemoContainer.start();
    Files.createSymbolicLink(directory.resolve(FILE), Path.of("..data", FILE));
    mount(base());
    Map<String, String> settings = RouterSettings.of(redis.url());
    settings.put("quarkus.config.locations", directory.resolve(FILE).toString());
    router = RouterProcess.start(settings);
    management = router.management();
    awaitStates("chat", Map.of(id(one), "HEALTHY", id(two), "HEALTHY"));
    data =
        "http://127.0.0.1:"
            + get("/q/health/ready").getInt("checks.find { it.name == 'data-port' }.data.port");
  }

  @AfterAll
  static void stopRouter() {
    router.close();
    two.close();
    one.close();
    redis.close();
  }

  @BeforeEach
  void begin() throws IOException {
    apply(base());
    awaitStates("chat", Map.of(id(one), "HEALTHY", id(two), "HEALTHY"));
  }

  private static String base() {
    return endpoint("chat", one.url() + "," + two.url());
  }

  private static String endpoint(String name, String instances) {
    Map<String, String> settings = new TreeMap<>();
    RouterSettings.endpoint(name, instances, settings);
    StringBuilder text = new StringBuilder();
    settings.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
    return text.toString();
  }

  private static String id(MemoContainer container) {
    return "127.0.0.1:" + container.port();
  }

  /** As the kubelet does it: a new directory, and one atomic exchange of the link to it. */
  private static void mount(String text) throws IOException {
    Path next = Files.createDirectory(directory.resolve("..v" + ++version));
    Files.writeString(next.resolve(FILE), text);
    Path link = Files.createSymbolicLink(directory.resolve("..new"), next.getFileName());
    Files.move(link, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Without waiting for the next look at the files. */
  private static void apply(String text) throws IOException {
    mount(text);
    hangUp();
    await("in force")
        .atMost(IN_FORCE)
        .until(
            () -> {
              JsonPath now = configuration();
              return now.get("refused") == null && values(now).equals(lines(text));
            });
  }

  /** The endpoints' values that are in force; the router also shows defaults of all else. */
  private static Map<String, String> values(JsonPath configuration) {
    Map<String, String> values = configuration.getMap("values");
    values.keySet().removeIf(key -> !key.startsWith("session-router.endpoints"));
    return values;
  }

  private static Map<String, String> lines(String text) {
    Map<String, String> lines = new HashMap<>();
    text.lines().map(line -> line.split("=", 2)).forEach(line -> lines.put(line[0], line[1]));
    lines.keySet().removeIf(key -> !key.startsWith("session-router.endpoints"));
    return lines;
  }

  private static void hangUp() throws IOException {
    router.signal("HUP");
  }

  private static JsonPath get(String path) {
    return given().baseUri(management.toString()).get(path).jsonPath();
  }

  private static JsonPath configuration() {
    return get("/v1/configuration");
  }

  private static void awaitStates(String endpoint, Map<String, String> expected) {
    await(endpoint + " " + expected)
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(states(endpoint)).isEqualTo(expected));
  }

  private static Map<String, String> states(String endpoint) {
    JsonPath instances = get("/v1/endpoints/" + endpoint + "/instances");
    List<String> ids = instances.getList("id");
    List<String> states = instances.getList("state");
    Map<String, String> all = new HashMap<>();
    IntStream.range(0, ids.size()).forEach(i -> all.put(ids.get(i), states.get(i)));
    return all;
  }

  private static Response invoke(String endpoint, String session) {
    return given()
        .baseUri(data)
        .header("X-Amzn-SageMaker-Session-Id", session)
        .body("hello")
        .post("/endpoints/" + endpoint + "/invocations");
  }

  private static String open(String endpoint) {
    String header = invoke(endpoint, "NEW_SESSION").header("X-Amzn-SageMaker-New-Session-Id");
    return header.substring(0, header.indexOf(';'));
  }

  /** A session that the container holds. */
  private static String openOn(MemoContainer container) {
    return IntStream.range(0, 100)
        .mapToObj(i -> open("chat"))
        .filter(container.sessions()::containsKey)
        .findFirst()
        .orElseThrow();
  }

  private static String metric(String line) {
    String text = given().baseUri(management.toString()).get("/q/metrics").asString();
    return text.lines()
        .filter(l -> l.startsWith(line + " "))
        .map(l -> l.substring(l.lastIndexOf(' ') + 1))
        .findFirst()
        .orElse("none");
  }

  @Test
  void anExchangedConfigMapBringsAnEndpointWithinFiveSeconds() throws IOException {
    mount(base() + endpoint("code", one.url()));

    await("the new endpoint answers")
        .atMost(IN_FORCE)
        .until(() -> invoke("code", "NEW_SESSION").statusCode() == 200);

    assertThat(configuration().getList("files"))
        .containsExactly(directory.resolve(FILE).toString());
  }

  @Test
  void anInstanceThatIsTakenFromTheListDrainsAndKeepsItsSessions() throws IOException {
    String kept = openOn(two);
    String other = openOn(one);

    apply(endpoint("chat", one.url()));

    awaitStates("chat", Map.of(id(one), "HEALTHY", id(two), "DRAINING"));
    assertThat(invoke("chat", kept).statusCode()).isEqualTo(200);
    assertThat(two.sessions().get(kept)).hasSize(2);
    assertThat(invoke("chat", other).statusCode()).isEqualTo(200);
    int before = two.sessions().size();
    IntStream.range(0, 10).forEach(i -> open("chat"));
    assertThat(two.sessions()).as("no new work").hasSize(before);
  }

  @Test
  void weightsAreShares() throws IOException {
    String variants = "session-router.endpoints.chat.variants.";
    String weighted =
        endpoint("chat", one.url())
            + variants
            + "main.weight=0.0\n"
            + variants
            + "canary.instances="
            + two.url()
            + "\n"
            + variants
            + "canary.weight=0.9\n";
    apply(weighted);
    awaitStates("chat", Map.of(id(one), "HEALTHY", id(two), "HEALTHY"));
    int before = one.sessions().size();

    IntStream.range(0, 20).forEach(i -> open("chat"));

    assertThat(one.sessions()).as("a share of nothing").hasSize(before);
    assertThat(configuration().getMap("values")).containsEntry(variants + "canary.weight", "0.9");
  }

  @Test
  void whatCannotBeUsedIsRefusedWholeAndEveryProblemNamed() throws IOException {
    String session = open("chat");
    double refusals = refusals();

    mount(
        endpoint("chat", one.url())
            + endpoint("code", one.url())
            + "session-router.endpoints.chat.timeouts.steam=1s\n"
            + "session-router.endpoints.chat.sessions.max-ttl=0s\n"
            + "session-router.endpoints.code.variants.main.weight=-1\n");

    List<String> expected =
        List.of(
            "session-router.endpoints.chat.timeouts.steam: no such key, in "
                + directory.resolve(FILE)
                + " (expected: session-router.endpoints.chat.timeouts.stream, or another key of"
                + " docs/configuration.md)",
            "session-router.endpoints.chat.sessions.max-ttl: 0s (expected: more than 0)",
            "session-router.endpoints.code.variants.main.weight: -1 (expected: a number from 0 to"
                + " 1000000, such as 9 or 0.9)");
    awaitRefused(expected);
    assertThat(invoke("code", "NEW_SESSION").statusCode()).as("not there").isEqualTo(400);
    assertThat(invoke("chat", session).statusCode()).isEqualTo(200);
    assertThat(states("chat")).containsOnlyKeys(id(one), id(two));
    assertThat(metric("session_router_configuration_current")).isEqualTo("0.0");
    assertThat(refusals()).isEqualTo(refusals + 1);
    assertThat(logged("configuration refused"))
        .allSatisfy(line -> assertThat(line).contains(expected));

    apply(base());
    assertThat(metric("session_router_configuration_current")).isEqualTo("1.0");
  }

  private static double refusals() {
    return Double.parseDouble(
        metric("session_router_configuration_reads_total{result=\"refused\"}"));
  }

  private static void awaitRefused(List<String> problems) {
    await("refused")
        .atMost(IN_FORCE)
        .untilAsserted(
            () ->
                assertThat(configuration().<String>getList("refused.problems"))
                    .containsExactlyInAnyOrderElementsOf(problems));
  }

  /** The last line that begins so. */
  private static List<String> logged(String message) {
    List<String> all = new ArrayList<>(router.log());
    return all.stream()
        .map(line -> new JsonObject(line).getString("message"))
        .filter(text -> text.startsWith(message))
        .skip(Math.max(0, count(all, message) - 1))
        .toList();
  }

  private static long count(List<String> lines, String message) {
    return lines.stream()
        .filter(line -> new JsonObject(line).getString("message").startsWith(message))
        .count();
  }

  @Test
  void aFileThatIsEmptyHalfWrittenOrNoneAtAllTakesNothingAway() throws IOException {
    String session = open("chat");
    List<String> nothing =
        List.of(
            "session-router.endpoints: not set (expected: at least one, for example"
                + " session-router.endpoints.chat.variants.main.instances=http://127.0.0.1:8081,"
                + " or none)");

    mount("");
    hangUp();
    awaitRefused(nothing);
    mount("session-router.endpoints.chat.vari");
    hangUp();
    await("half written")
        .atMost(IN_FORCE)
        .untilAsserted(
            () ->
                assertThat(configuration().getString("refused.problems"))
                    .contains("session-router.endpoints.chat.vari: no such key"));
    mount("a=\\u12");
    hangUp();
    await("no properties")
        .atMost(IN_FORCE)
        .untilAsserted(
            () -> assertThat(configuration().getString("refused.problems")).contains("uxxxx"));

    assertThat(invoke("chat", session).statusCode()).isEqualTo(200);
  }

  @Test
  void noneHasToBeSaidAndSessionsGoOnAllTheSame() throws IOException {
    String session = open("chat");

    apply("session-router.endpoints=none\n");

    assertThat(invoke("chat", session).statusCode()).isEqualTo(200);
    assertThat(invoke("chat", "NEW_SESSION").statusCode()).as("no new ones").isEqualTo(400);
  }

  @Test
  void portsNeedARestartAndSecretsStaySecret() throws IOException {
    apply(
        base()
            + "session-router.http.max-connections=7\n"
            + "session-router.tracing.sample-ratio=0.5\n"
            + "quarkus.redis.password=s3cret\n"
            + "session-router.tracing.collector=http://me:s3cret@h:4318\n");

    await("known")
        .atMost(IN_FORCE)
        .untilAsserted(
            () ->
                assertThat(configuration().<String>getList("restartNeeded"))
                    .containsExactly(
                        "quarkus.redis.password",
                        "session-router.http.max-connections",
                        "session-router.tracing.collector",
                        "session-router.tracing.sample-ratio"));
    String text = given().baseUri(management.toString()).get("/v1/configuration").asString();
    assertThat(text).doesNotContain("s3cret");
    assertThat(String.join("\n", router.log()) + router.errors())
        .doesNotContainPattern(Pattern.quote("s3cret"));
  }
}
