package io.sessionrouter.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sessionrouter.config.ConfigurationState;
import io.sessionrouter.config.FileWatch;
import io.sessionrouter.endpoint.Endpoint;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointFollower;
import io.sessionrouter.endpoint.EndpointPhase;
import io.sessionrouter.endpoint.Room;
import io.sessionrouter.telemetry.ConfigurationMeters;
import io.sessionrouter.testing.Configured;
import io.sessionrouter.testing.MutableClock;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.MalformedURLException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that change while the router runs; the looks are the test's. */
class ConfigurationWatchTest {
  private static final String CHAT = "session-router.endpoints.chat.variants.main.";
  private static final String ONE = CHAT + "instances=http://10.0.0.1:8080\n";

  private static Vertx vertx;

  private final MutableClock clock = new MutableClock();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private long modified = 1_000_000;
  private EndpointCatalog catalog;
  private ConfigurationWatch watch;

  @TempDir Path directory;

  @BeforeAll
  static void openVertx() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void closeVertx() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @BeforeEach
  void begin() throws IOException {
    write(ONE);
    begin(Map.of());
  }

  private Path file() {
    return directory.resolve("application.properties");
  }

  private void begin(Map<String, String> environment) throws IOException {
    begin(started(environment));
  }

  private void begin(SmallRyeConfig started) {
    Settings settings = SettingsReader.read(started);
    catalog = new EndpointCatalog(settings.endpoints());
    watch =
        new ConfigurationWatch(
            vertx,
            started,
            settings,
            catalog,
            new ConfigurationMeters(registry),
            directory.resolve("config/application.properties"),
            clock);
  }

  private SmallRyeConfig started(Map<String, String> environment) throws IOException {
    SmallRyeConfigBuilder builder =
        new SmallRyeConfigBuilder()
            .addDefaultInterceptors()
            .addDiscoveredConverters()
            .withSources(new EnvConfigSource(environment, 300))
            .withSources(
                new PropertiesConfigSource(Map.of(Configured.HOST, "127.0.0.1"), "host", 100))
            .withSources(new PropertiesConfigSource(url(), 260));
    Mappings.addTo(builder);
    return builder.build();
  }

  private java.net.URL url() throws MalformedURLException {
    return file().toUri().toURL();
  }

  /** Files are distinguished by their times, which may be too coarse for a test. */
  private void write(String text) throws IOException {
    Files.writeString(file(), text);
    Files.setLastModifiedTime(file(), FileTime.fromMillis(modified += 1000));
  }

  @Test
  void whatChangedWhileTheRouterStartedIsReadToo() throws IOException {
    SmallRyeConfig started = started(Map.of());
    write(ONE + CHAT + "weight=0.5\n");
    begin(started);

    watch.look();

    assertThat(weight()).isEqualTo(0.5);
  }

  @Test
  void thatNothingChangedWhileItStartedIsNoChange() {
    ConfigurationState before = watch.state();
    clock.advance(Duration.ofMinutes(1));

    assertThat(twoLooks()).isEqualTo(before);
    assertThat(reads("applied")).isZero();
  }

  private ConfigurationState twoLooks() {
    watch.look();
    clock.advance(FileWatch.PERIOD);
    return watch.look();
  }

  private double weight() {
    return catalog.get("chat").settings().variants().getFirst().weight();
  }

  @Test
  void whatIsInForceIsTold() {
    ConfigurationState state = watch.state();

    assertThat(state.files()).containsExactly(file().toString());
    assertThat(state.since()).isEqualTo(clock.instant());
    assertThat(state.refused()).isNull();
    assertThat(state.restartNeeded()).isEmpty();
    assertThat(state.values()).containsEntry(CHAT + "instances", "http://10.0.0.1:8080");
  }

  @Test
  void aChangeIsAppliedWhenTheFileHasStayedTheSame() throws IOException {
    write(ONE + CHAT + "weight=0.5\n");
    clock.advance(Duration.ofMinutes(1));

    watch.look();
    assertThat(weight()).as("it may be half written").isEqualTo(1);

    ConfigurationState state = watch.look();
    assertThat(weight()).isEqualTo(0.5);
    assertThat(state.since()).isEqualTo(clock.instant());
    assertThat(state.values()).containsEntry(CHAT + "weight", "0.5");
    assertThat(reads("applied")).isEqualTo(1);
  }

  @Test
  void endpointsComeAndGo() throws IOException {
    write(ONE.replace("chat", "code"));

    twoLooks();

    assertThat(catalog.all())
        .extracting(Endpoint::name, Endpoint::phase)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("chat", EndpointPhase.RETIRED),
            org.assertj.core.groups.Tuple.tuple("code", EndpointPhase.IN_SERVICE));
  }

  @Test
  void whatCannotBeUsedIsRefusedWhole() throws IOException {
    write(ONE + CHAT + "weight=0.5\nsession-router.endpoints.bad.variants.main.weight=x\n");
    clock.advance(Duration.ofMinutes(1));

    ConfigurationState state = twoLooks();

    assertThat(weight()).isEqualTo(1);
    assertThat(catalog.get("bad")).isNull();
    assertThat(state.refused().at()).isEqualTo(clock.instant());
    assertThat(state.refused().problems())
        .singleElement()
        .asString()
        .contains("session-router.endpoints.bad.variants.main.weight")
        .contains("x");
    assertThat(state.values()).doesNotContainKey(CHAT + "weight");
    assertThat(reads("refused")).isEqualTo(1);

    twoLooks();
    assertThat(reads("refused")).as("once, as it stays").isEqualTo(1);

    write(ONE);
    assertThat(twoLooks().refused()).isNull();
  }

  @Test
  void everyProblemIsNamed() throws IOException {
    write(ONE + CHAT + "weight=-1\nsession-router.endpoints.chat.sessions.max-ttl=0s\n");

    assertThat(twoLooks().refused().problems())
        .containsExactlyInAnyOrder(
            CHAT + "weight: -1 (expected: a number from 0 to 1000000, such as 9 or 0.9)",
            "session-router.endpoints.chat.sessions.max-ttl: 0s (expected: more than 0)");
  }

  @Test
  void anUnknownKeyIsRefused() throws IOException {
    write(ONE + "session-router.endpoints.chat.wait=1\n");

    assertThat(twoLooks().refused().problems())
        .singleElement()
        .asString()
        .contains("session-router.endpoints.chat.wait");
  }

  @Test
  void anEmptyFileTakesNothingAway() throws IOException {
    write("");

    assertThat(twoLooks().refused().problems())
        .singleElement()
        .asString()
        .startsWith("session-router.endpoints: not set");
    assertThat(catalog.get("chat").phase()).isEqualTo(EndpointPhase.IN_SERVICE);

    write("session-router.endpoints=none\n");
    assertThat(twoLooks().refused()).isNull();
    assertThat(catalog.get("chat").phase()).isEqualTo(EndpointPhase.RETIRED);
  }

  @Test
  void aFileThatIsGoneTakesNothingAway() throws IOException {
    Files.delete(file());

    assertThat(twoLooks().refused().problems())
        .containsExactly(file() + ": gone (expected: the file that was read at start)");
    assertThat(catalog.get("chat").phase()).isEqualTo(EndpointPhase.IN_SERVICE);
  }

  @Test
  void aFileThatIsNoPropertiesFileIsRefused() throws IOException {
    write(ONE + "a=\\u12\n");

    assertThat(twoLooks().refused().problems()).isNotEmpty();
  }

  @Test
  void whatNeedsARestartIsNamedAndAllElseApplied() throws IOException {
    write(
        ONE
            + CHAT
            + "weight=0.5\nsession-router.http.port=9999\nquarkus.redis.hosts=redis://:s3@h\n");

    ConfigurationState state = twoLooks();

    assertThat(weight()).isEqualTo(0.5);
    assertThat(state.restartNeeded())
        .containsExactly("quarkus.redis.hosts", "session-router.http.port");
    assertThat(state.toString()).doesNotContain("s3");

    write(ONE + CHAT + "weight=0.5\n");
    assertThat(twoLooks().restartNeeded()).isEmpty();
  }

  @Test
  void theEnvironmentStillDecides() throws IOException {
    begin(Map.of("SESSION_ROUTER_ENDPOINTS_CHAT_VARIANTS_MAIN_WEIGHT", "7"));

    write(ONE + CHAT + "weight=0.5\n");

    assertThat(twoLooks().refused()).isNull();
    assertThat(weight()).isEqualTo(7);
  }

  /** As the kubelet does it: files are links into a directory that is exchanged at once. */
  @Test
  void aConfigMapThatIsExchangedIsRead() throws IOException {
    Path one = Files.createDirectory(directory.resolve("..one"));
    Path two = Files.createDirectory(directory.resolve("..two"));
    Files.writeString(one.resolve("application.properties"), ONE);
    Files.writeString(two.resolve("application.properties"), ONE + CHAT + "weight=0.5\n");
    Files.createSymbolicLink(directory.resolve("..data"), one.getFileName());
    Files.delete(file());
    Files.createSymbolicLink(file(), Path.of("..data/application.properties"));
    begin(Map.of());

    Path next = Files.createSymbolicLink(directory.resolve("..tmp"), two.getFileName());
    Files.move(next, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);

    assertThat(twoLooks().refused()).isNull();
    assertThat(weight()).isEqualTo(0.5);
  }

  @Test
  void aFileThatComesLaterIsReadToo() throws IOException {
    Path usual = directory.resolve("config/application.properties");
    Files.createDirectory(usual.getParent());
    Files.writeString(usual, CHAT + "weight=0.25\n");

    assertThat(twoLooks().files()).containsExactly(file().toString(), usual.toString());
    assertThat(weight()).isEqualTo(0.25);
  }

  @Test
  void aSignalReadsItAgainAtOnce() throws IOException {
    write(ONE + CHAT + "weight=0.5\n");

    watch.read();

    assertThat(weight()).isEqualTo(0.5);
  }

  /** Weights of two endpoints; what is in force is read of both, whichever changed. */
  private static String two(String chat, String code) {
    return ONE
        + ONE.replace("chat", "code")
        + CHAT
        + "weight="
        + chat
        + "\n"
        + CHAT.replace("chat", "code")
        + "weight="
        + code
        + "\n";
  }

  private List<Double> weights() {
    return catalog.all().stream().map(e -> e.settings().variants().getFirst().weight()).toList();
  }

  @Test
  void aChangeOfOneEndpointLeavesTheOthersAsTheyAre() throws IOException {
    write(two("0.5", "2"));
    twoLooks();
    Endpoint code = catalog.get("code");
    write(two("0.75", "2"));

    ConfigurationState state = twoLooks();

    assertThat(weights()).containsExactly(0.75, 2.0);
    assertThat(catalog.get("code")).as("not read anew").isSameAs(code);
    assertThat(state.values())
        .containsEntry(CHAT + "weight", "0.75")
        .containsEntry(CHAT.replace("chat", "code") + "weight", "2");
  }

  @Test
  void aKeyThatIsGoneIsNotShownAnyMore() throws IOException {
    write(two("0.5", "2"));
    twoLooks();
    write(ONE + ONE.replace("chat", "code"));

    assertThat(twoLooks().values()).doesNotContainKey(CHAT + "weight");
    assertThat(weights()).containsExactly(1.0, 1.0);
  }

  @Test
  void anEndpointsValueMayComeFromAnotherKey() throws IOException {
    write(ONE + CHAT + "weight=${share}\nshare=3\n");
    twoLooks();
    assertThat(weight()).isEqualTo(3);

    write(ONE + CHAT + "weight=${share}\nshare=4\n");

    assertThat(twoLooks().refused()).isNull();
    assertThat(weight()).isEqualTo(4);
  }

  @Test
  void anEndpointOfTheEnvironmentStaysWhenAnotherChanges() throws IOException {
    begin(Map.of("SESSION_ROUTER_ENDPOINTS_CODE_VARIANTS_MAIN_INSTANCES", "http://10.0.0.2:8080"));

    write(ONE + CHAT + "weight=0.5\n");

    assertThat(twoLooks().refused()).isNull();
    assertThat(weights()).containsExactly(0.5, 1.0);
  }

  @Test
  void whatIsInForceAgainIsNoLongerRefused() throws IOException {
    write(ONE + CHAT + "weight=-1\n");
    twoLooks();
    write(ONE);

    ConfigurationState state = twoLooks();

    assertThat(state.current()).isTrue();
    assertThat(reads("applied")).isEqualTo(1);
  }

  @Test
  void wrongKindsAndUnknownKeysAreNamedTogether() throws IOException {
    write(ONE + CHAT + "weight=x\n" + CHAT + "wait=1\n");

    assertThat(twoLooks().refused().problems())
        .hasSize(2)
        .contains(CHAT + "weight: x (expected: a double value)")
        .anySatisfy(problem -> assertThat(problem).startsWith(CHAT + "wait: no such key"));
  }

  /** In the form of all other problems, whatever the library calls them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sessions.max-per-instance | many | (expected: none, or a whole number)",
        "sessions.idle-timeout     | soon | (expected: off, or a duration such as 90s or 5m)",
        "sessions.open-header      | NEW  | (expected: router, or forward)",
        "limits.max-body           | 25Q  | (value 25Q not in correct format",
      })
  void aValueOfTheWrongKindIsNamedWithItsKeyAndWhatWasExpected(
      String key, String value, String expected) throws IOException {
    String name = "session-router.endpoints.chat." + key;
    write(ONE + name + "=" + value + "\n");

    assertThat(twoLooks().refused().problems())
        .singleElement()
        .asString()
        .startsWith(name + ": " + value + " " + expected);
  }

  /** A room that cannot take the endpoint while {@code broken}. */
  private static final class Fragile implements EndpointFollower {
    private boolean broken;
    private double weight;

    @Override
    public void added(Endpoint endpoint) {
      changed(endpoint);
    }

    @Override
    public void changed(Endpoint endpoint) {
      if (broken) {
        throw new IllegalStateException("internal");
      }
      weight = endpoint.settings().variants().getFirst().weight();
    }

    @Override
    public void removed(String endpoint) {}
  }

  @Test
  void whatOneRoomCannotTakeIsAppliedPartlyUntilTheFilesAreReadAgain() throws IOException {
    Fragile broken = new Fragile();
    Fragile well = new Fragile();
    catalog.follow(Room.SESSIONS, broken);
    catalog.follow(Room.FLEET, well);
    broken.broken = true;
    write(ONE + CHAT + "weight=0.5\n");

    ConfigurationState state = twoLooks();

    assertThat(state.refused()).as("most of it is in force").isNull();
    assertThat(state.current()).isFalse();
    assertThat(state.notApplied())
        .singleElement()
        .asString()
        .startsWith("session-router.endpoints.chat: not in force for its sessions")
        .doesNotContain("internal");
    assertThat(state.values()).containsEntry(CHAT + "weight", "0.5");
    assertThat(well.weight).isEqualTo(0.5);
    assertThat(reads("partly_applied")).isEqualTo(1);
    assertThat(reads("applied") + reads("refused")).isZero();

    write("");
    state = twoLooks();
    assertThat(state.refused()).as("the newest").isNotNull();
    assertThat(state.notApplied()).as("of what is in force").hasSize(1);

    broken.broken = false;
    write(ONE + CHAT + "weight=0.5\n");
    assertThat(twoLooks().current()).isTrue();
    assertThat(broken.weight).isEqualTo(0.5);
    assertThat(reads("applied")).isEqualTo(1);
  }

  @Test
  void secretsAreNotShown() throws IOException {
    write(ONE + "session-router.tracing.collector=http://me:hush@h:4318\n");

    ConfigurationState state = twoLooks();
    assertThat(state.toString()).doesNotContain("hush");
  }

  private double reads(String result) {
    return registry
        .get("session_router_configuration_reads")
        .tag("result", result)
        .counter()
        .count();
  }
}
