package io.sessionrouter.container.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.sessionrouter.container.api.TestContainer.Reply;
import io.sessionrouter.container.artifact.Archives;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many models in one container, over HTTP. */
@Timeout(120)
@Tag("slow")
class MultiModelTest {
  private static final String CAT = TestContainer.body("My cat is called Zebulon.");
  private static final String QUESTION = TestContainer.body("What is my cat called?");
  private static final String CLOSE = "{\"requestType\":\"CLOSE\"}";

  @TempDir static Path archives;
  @TempDir Path work;

  private final CountDownLatch released = new CountDownLatch(1);
  private final AtomicInteger downloads = new AtomicInteger();
  private TestContainer container;
  private HttpServer slow;

  @BeforeEach
  void start() throws IOException {
    container =
        TestContainer.servingMany(work, "model.multi.memory", "64M", "model.session-memory", "10M");
    slow = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    slow.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    slow.createContext(
        "/",
        exchange -> {
          byte[] archive = Archives.of(TestContainer.LLAMA, "");
          downloads.incrementAndGet();
          await().atMost(Duration.ofSeconds(60)).until(() -> released.getCount() == 0);
          exchange.sendResponseHeaders(200, archive.length);
          exchange.getResponseBody().write(archive);
          exchange.close();
        });
    slow.start();
  }

  @AfterEach
  void stop() throws IOException {
    released.countDown();
    container.close();
    slow.stop(0);
    try (Stream<Path> all = Files.walk(work)) {
      assertThat(all.filter(Files::isRegularFile).map(Path::getFileName).map(Path::toString))
          .as("files left on the disk")
          .containsOnly("lock");
    }
  }

  private static String facts() {
    return archive("facts.tar.gz", TestContainer.FACTS, "");
  }

  private static String llama() {
    return archive("llama.tar.gz", TestContainer.LLAMA, "llama/");
  }

  private static String archive(String name, Path folder, String prefix) {
    Path file = archives.resolve(name);
    return (Files.exists(file) ? file : Archives.write(file, Archives.of(folder, prefix)))
        .toUri()
        .toString();
  }

  private String slow(String path) {
    return "http://127.0.0.1:%d/%s".formatted(slow.getAddress().getPort(), path);
  }

  @Test
  void itIsReadyWithoutAnyModel() {
    assertThat(container.send("GET", "ping").status()).isEqualTo(200);
    assertThat(container.send("GET", "models").body().toString()).isEqualTo("{\"models\":[]}");
  }

  @Test
  void severalModelsAnswerEachWithItsOwnSessions() {
    assertThat(container.load("facts-1", facts()).status()).isEqualTo(200);
    assertThat(container.load("facts-2", facts()).status()).isEqualTo(200);
    assertThat(container.load("llama", llama()).status()).isEqualTo(200);

    String first = container.ask("facts-1", "NEW_SESSION", CAT).session();
    String second = container.ask("facts-2", "NEW_SESSION", "{}").session();

    assertThat(first).isNotEqualTo(second);
    assertThat(container.ask("facts-1", first, QUESTION).text()).contains("Zebulon");
    assertThat(container.ask("facts-2", second, QUESTION).text()).contains("I do not know");
    assertThat(container.ask("llama", "", QUESTION).status()).isEqualTo(200);
    assertThat(container.ask("facts-1", first, CLOSE).header(SessionHeader.CLOSED))
        .isEqualTo(first);
  }

  @Test
  void theAnswerToALoadTellsWhatItTook() {
    Reply loaded = container.load("facts", facts());

    JsonNode body = loaded.body();
    assertThat(body.path("modelName").asText()).isEqualTo("facts");
    assertThat(body.path("modelUrl").asText()).isEqualTo(facts());
    assertThat(body.path("memory").path("weight_bytes").asLong()).isBetween(5_000_000L, 6_000_000L);
    assertThat(body.path("memory").path("session_limit_bytes").asLong()).isEqualTo(10L << 20);
    double sum = 0;
    for (String phase : List.of("queue", "download", "unpack", "load", "warm_up")) {
      assertThat(body.path("load_seconds").path(phase).isNumber()).as(phase).isTrue();
      sum += body.path("load_seconds").path(phase).asDouble();
    }
    assertThat(sum).isCloseTo(body.path("load_seconds").path("total").asDouble(), within(1e-6));
    assertThat(loaded.header(BootId.HEADER)).matches("[A-Za-z0-9]{16}");
    assertThat(container.send("GET", "models/facts").body()).isEqualTo(body);
    assertThat(phases("download")).isEqualTo(1);
  }

  private long phases(String phase) {
    return container.meters.get("model_container_model_load").tag("phase", phase).timer().count();
  }

  @Test
  void aModelMayBeLoadedFromAFolder() {
    String folder = TestContainer.FACTS.toAbsolutePath().toString();

    assertThat(container.load("facts", folder).status()).isEqualTo(200);
    assertThat(container.ask("facts", "", CAT).status()).isEqualTo(200);
    container.send("DELETE", "models/facts");

    assertThat(TestContainer.FACTS.resolve("model.pt")).as("not ours to delete").exists();
  }

  @Test
  void aLoadedNameIsNotLoadedAgain() {
    container.load("llama", llama());

    Reply again = container.load("llama", llama());

    assertThat(again.status()).isEqualTo(409);
    assertThat(again.code()).isEqualTo("MODEL_ALREADY_LOADED");
  }

  @Test
  void thoseWhoAskForAModelThatIsBeingLoadedJoinItsLoad() {
    List<CompletableFuture<Reply>> loads = new ArrayList<>();
    loads.add(container.loadAsync("llama", slow("a")));
    await().until(() -> downloads.get() == 1);
    IntStream.range(0, 20).forEach(i -> loads.add(container.loadAsync("llama", slow("a"))));
    await().until(() -> gauge(container, "model_container_model_calls") == 21);
    Reply other = container.load("llama", slow("b"));
    Reply asked = container.ask("llama", "", CAT);
    released.countDown();

    assertThat(loads).allSatisfy(load -> assertThat(load.join().status()).isEqualTo(200));
    assertThat(downloads).as("one load").hasValue(1);
    assertThat(other.code()).isEqualTo("MODEL_LOADING");
    assertThat(other.status()).isEqualTo(409);
    assertThat(asked.code()).isEqualTo("MODEL_NOT_FOUND");
    assertThat(asked.message()).contains("still being loaded");
  }

  @Test
  void aLoadGoesOnWhenItsClientHasLeft() {
    var load = container.loadAsync("llama", slow("a"));
    await().until(() -> downloads.get() == 1);
    load.cancel(true);
    released.countDown();

    await().until(() -> container.send("GET", "models/llama").status() == 200);
  }

  @Test
  void theListComesInPagesInTheOrderOfNames() {
    container.load("b", llama());
    container.load("c", llama());
    container.load("a", llama());

    JsonNode first = container.send("GET", "models?limit=2").body();
    String token = first.path("nextPageToken").asText();
    container.send("DELETE", "models/a");
    JsonNode second = container.send("GET", "models?limit=2&next_page_token=" + token).body();

    assertThat(first.findValuesAsText("modelName")).containsExactly("a", "b");
    assertThat(second.findValuesAsText("modelName"))
        .as("nothing is skipped when one goes between two pages")
        .containsExactly("c");
    assertThat(second.has("nextPageToken")).isFalse();
  }

  @Test
  void anUnloadedModelIsGoneWithItsSessionsAndItsMeters() {
    container.load("facts", facts());
    String session = container.ask("facts", "NEW_SESSION", CAT).session();
    assertThat(container.meters.find("model_container_sessions").tag("model", "facts").gauges())
        .hasSize(1);

    Reply unloaded = container.send("DELETE", "models/facts");

    assertThat(unloaded.status()).isEqualTo(200);
    assertThat(container.send("GET", "models/facts").code()).isEqualTo("MODEL_NOT_FOUND");
    assertThat(container.send("DELETE", "models/facts").status()).isEqualTo(404);
    assertThat(container.ask("facts", session, QUESTION).code()).isEqualTo("MODEL_NOT_FOUND");
    assertThat(container.meters.get("model_container_model_memory_used_bytes").gauge().value())
        .isZero();
    assertThat(
            container
                .meters
                .get("model_container_sessions_ended")
                .tag("reason", "unloaded")
                .counter()
                .count())
        .isEqualTo(1);
    assertThat(container.meters.getMeters())
        .noneMatch(meter -> "facts".equals(meter.getId().getTag("model")));

    container.load("facts", facts());
    Reply late = container.ask("facts", session, QUESTION);
    assertThat(late.status()).as("it may not answer without the context").isEqualTo(410);
    assertThat(late.message()).contains("its model was unloaded");
  }

  @Test
  void aModelInUseDoesNotMakeRoomForAnother() {
    container.load("facts", facts());
    String session = container.ask("facts", "NEW_SESSION", CAT).session();

    Reply refused = container.send("DELETE", "models/facts", "X-Session-Router-If-Idle", "true");
    Reply answer = container.ask("facts", session, QUESTION);
    container.ask("facts", session, CLOSE);
    Reply gone = container.send("DELETE", "models/facts", "X-Session-Router-If-Idle", "true");

    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.code()).isEqualTo("MODEL_IN_USE");
    assertThat(refused.message()).contains("1 sessions");
    assertThat(answer.text()).contains("Zebulon");
    assertThat(gone.status()).isEqualTo(200);
    assertThat(container.send("GET", "models/facts").status()).isEqualTo(404);
  }

  @Test
  void aSessionBelongsToItsModel() {
    container.load("one", facts());
    container.load("two", facts());
    String session = container.ask("one", "NEW_SESSION", CAT).session();

    Reply wrong = container.ask("two", session, QUESTION);

    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.code()).isEqualTo("WRONG_MODEL");
    assertThat(container.ask("one", session, QUESTION).text()).contains("Zebulon");
  }

  @Test
  void withoutMemoryForAnotherModelItSays507UntilOneGoes() {
    for (int i = 0; i < 4; i++) {
      assertThat(container.load("facts-" + i, facts()).status()).isEqualTo(200);
    }

    Reply full = container.load("facts-4", facts());
    assertThat(full.status()).isEqualTo(507);
    assertThat(full.code()).isEqualTo("OUT_OF_MODEL_MEMORY");
    container.send("DELETE", "models/facts-0");

    assertThat(container.load("facts-4", facts()).status()).isEqualTo(200);
  }

  @Test
  void aModelThatCanNeverFitIsRefusedForGood() {
    try (var small =
        TestContainer.servingMany(
            work, "model.multi.memory", "12M", "model.session-memory", "10M")) {
      Reply refused = small.load("facts", facts());

      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.code()).isEqualTo("MODEL_TOO_LARGE");
      assertThat(gauge(small, "model_container_model_memory_used_bytes")).isZero();
    }
  }

  @Test
  void aSessionMemoryTooSmallForTheModelIsNamed() {
    try (var small = TestContainer.servingMany(work, "model.session-memory", "100K")) {
      assertThat(small.load("facts", facts()).message()).contains("model.session-memory");
    }
  }

  private static double gauge(TestContainer container, String name) {
    return container.meters.get(name).gauge().value();
  }

  @Test
  void aRunningRequestEndsBeforeItsModelGoes() {
    container.load("endless", TestContainer.endlessFacts().toAbsolutePath().toString());
    String path = "models/endless/invoke";
    var running = container.postAsync(path, "", TestContainer.longReply("Go on.", 1000));
    await().until(() -> modelGauge("sequences_active", "endless") == 1);

    Reply unloaded = container.send("DELETE", "models/endless");

    assertThat(unloaded.status()).isEqualTo(200);
    assertThat(running.join().status()).isEqualTo(200);
    assertThat(running.join().usage("generated")).isEqualTo(1000);
  }

  private double modelGauge(String name, String model) {
    return container.meters.get("model_container_" + name).tag("model", model).gauge().value();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | the body is a list",
        "{} | model_name is missing",
        "{\"model_name\":\"a\"} | url is missing",
        "{\"model_name\":\"a/b\",\"url\":\"s3://bucket/key\"} | model_name",
        "{\"model_name\":\"a\",\"url\":\"ftp://host/key\"} | expected: file:///",
        "{\"model_name\":\"a\",\"url\":\"file:///a/../b\"} | has . or ..",
        "{\"model_name\":\"a\",\"url\":\"s3://bucket/key\",\"extra\":1} | extra is unknown",
        "{\"model_name\":\"a\", | not valid JSON",
        "'' | model_name is missing"
      })
  void malformedLoadsAreRefused(String body, String message) {
    Reply refused = container.postAsync("models", "", body).join();

    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.code()).isEqualTo("INVALID_REQUEST");
    assertThat(refused.message()).contains(message);
  }

  @Test
  void artifactsThatAreNoneAreRefusedWithTheReason() throws IOException {
    assertRefused(Archives.tarGz(tar -> {}), "empty archive");
    assertRefused(new byte[] {1, 2, 3}, "not a whole .tar.gz");
    assertRefused(Archives.of(archives, ""), "no model.json");
    assertRefused(changed("model.pt", "no model"), "model.pt is not TorchScript");
    assertRefused(changed("model.json", "{}"), "format is missing");
    assertRefused(without("model.pt"), "no file model.pt");
    assertRefused(without("words.txt"), "no file words.txt");
    assertRefused(otherShape(), "model.pt is not what model.json says");
    assertThat(gauge(container, "model_container_model_memory_used_bytes")).isZero();
    assertThat(gauge(container, "model_container_models_loading")).isZero();
  }

  private void assertRefused(byte[] archive, String message) {
    Path file = Archives.write(work.resolveSibling("bad-" + work.getFileName()), archive);
    try {
      Reply refused = container.load("bad", file.toString());

      assertThat(refused.status()).as(refused.message()).isEqualTo(400);
      assertThat(refused.code()).isEqualTo("BAD_ARTIFACT");
      assertThat(refused.message()).contains(message).doesNotContain(work.toString());
    } finally {
      assertThat(file.toFile().delete()).isTrue();
    }
  }

  private byte[] changed(String name, String content) throws IOException {
    Path folder = copy();
    Files.writeString(folder.resolve(name), content);
    return Archives.of(folder, "");
  }

  private byte[] without(String name) throws IOException {
    Path folder = copy();
    Files.delete(folder.resolve(name));
    return Archives.of(folder, "");
  }

  private byte[] otherShape() throws IOException {
    Path folder = copy();
    String manifest = Files.readString(folder.resolve("model.json"));
    Files.writeString(
        folder.resolve("model.json"),
        manifest.replaceFirst("\"head_dim\":\\s*\\d+", "\"head_dim\": 7"));
    return Archives.of(folder, "");
  }

  private static Path copy() throws IOException {
    Path folder = Files.createTempDirectory(Path.of("target"), "changed-");
    for (String name : List.of("model.json", "model.pt", "words.txt")) {
      Files.copy(TestContainer.FACTS.resolve(name), folder.resolve(name));
    }
    return folder;
  }

  @Test
  void whatIsNotThereIsTold() {
    Reply missing = container.load("a", archives.resolve("none.tar.gz").toString());

    assertThat(missing.status()).isEqualTo(404);
    assertThat(missing.code()).isEqualTo("ARTIFACT_NOT_FOUND");
    assertThat(container.load("a", llama()).status()).as("and can be loaded then").isEqualTo(200);
  }

  @Test
  void aServerThatIsNotThereIsABadGateway() {
    slow.stop(0);

    Reply failed = container.load("a", slow("a"));

    assertThat(failed.status()).isEqualTo(502);
    assertThat(failed.code()).isEqualTo("ARTIFACT_UNREACHABLE");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, models?limit=0, INVALID_REQUEST",
    "GET, models?limit=many, INVALID_REQUEST",
    "GET, models?next_page_token=*, INVALID_REQUEST",
    "GET, models/none, MODEL_NOT_FOUND",
    "DELETE, models/none, MODEL_NOT_FOUND",
    "POST, models/none/invoke, MODEL_NOT_FOUND",
    "POST, invocations, INVALID_REQUEST",
    "GET, models/none/invoke, METHOD_NOT_ALLOWED",
    "PUT, models, METHOD_NOT_ALLOWED",
    "PATCH, models/none, METHOD_NOT_ALLOWED"
  })
  void otherWrongRequestsAreRefused(String method, String path, String code) {
    assertThat(container.send(method, path).code()).isEqualTo(code);
  }

  @Test
  void whatStillLoadsAtTheEndIsGivenUp() {
    var load = container.loadAsync("llama", slow("a"));
    await().until(() -> downloads.get() == 1);

    container.stopModels();

    assertThat(load.join().status()).isEqualTo(503);
    assertThat(load.join().message()).isEqualTo("the container is stopping");
  }

  @Test
  void aContainerOfOneModelSaysSo() {
    try (var single = TestContainer.serving(TestContainer.LLAMA)) {
      for (String path : List.of("models", "models/a")) {
        assertThat(single.send("GET", path).code()).isEqualTo("SINGLE_MODEL");
        assertThat(single.send("GET", path).status()).isEqualTo(404);
      }
      assertThat(single.ask("a", "", CAT).code()).isEqualTo("SINGLE_MODEL");
    }
  }
}
