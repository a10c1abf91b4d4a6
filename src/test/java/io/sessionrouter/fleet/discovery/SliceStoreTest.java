package io.sessionrouter.fleet.discovery;

import static io.sessionrouter.fleet.discovery.Recorded.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionrouter.domain.Instance;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The watch's state machine, fed with what a real API server says. */
class SliceStoreTest {
  private static final Target TARGET = Recorded.target(null);

  private final SliceStore store = new SliceStore();

  @BeforeEach
  void list() {
    JsonObject list = new JsonObject(Recorded.LIST);
    List<Slice> slices = new ArrayList<>();
    list.getJsonArray("items").forEach(item -> slices.add(Slice.of((JsonObject) item)));
    store.replace(slices, list.getJsonObject("metadata").getString("resourceVersion"));
  }

  @Test
  void aListIsTheBeginning() {
    assertThat(store.resourceVersion()).isEqualTo("48390");
    assertThat(seen())
        .containsExactly("chat-0 10.244.1.17:8080 READY", "chat-1 10.244.2.9:8080 READY");
  }

  @Test
  void aRollingUpdateOfAStatefulSet() {
    String old0 = "chat-0 10.244.1.17:8080 ";
    String old1 = "chat-1 10.244.2.9:8080 ";
    String new0 = "chat-0 10.244.1.40:8080 ";
    String new1 = "chat-1 10.244.2.31:8080 ";

    assertThat(Recorded.ROLLING_UPDATE.stream().map(this::afterwards))
        .containsExactly(
            List.of("48402", old0 + "READY", old1 + "READY"),
            List.of("48455", old0 + "READY", old1 + "TERMINATING"),
            List.of("48470", old0 + "READY", old1 + "TERMINATING"),
            List.of("48502", old0 + "READY"),
            List.of("48521", old0 + "READY", new1 + "NOT_READY"),
            List.of("48530", old0 + "READY", new1 + "NOT_READY"),
            List.of("48577", old0 + "READY", new1 + "READY"),
            List.of("48581", new1 + "READY", old0 + "TERMINATING"),
            List.of("48610", new1 + "READY"),
            List.of("48631", new1 + "READY", new0 + "NOT_READY"),
            List.of("48688", new0 + "READY", new1 + "READY"),
            List.of("48701", new0 + "READY", new1 + "READY"));
  }

  @Test
  void aPodThatMovesBetweenSlicesIsThereOnce() {
    for (String line : Recorded.SLICE_MOVE.subList(0, 2)) {
      store.apply(event(line));
      assertThat(seen())
          .containsExactly("chat-0 10.244.1.17:8080 READY", "chat-1 10.244.2.9:8080 READY");
    }
    store.apply(event(Recorded.SLICE_MOVE.getLast()));
    assertThat(seen()).containsExactly("chat-1 10.244.2.9:8080 READY");
  }

  @Test
  void onlyWhatChangesSlicesIsAChange() {
    assertThat(store.apply(event(Recorded.ROLLING_UPDATE.getFirst()))).as("a bookmark").isFalse();
    assertThat(store.apply(event(Recorded.ROLLING_UPDATE.get(1)))).isTrue();
    assertThat(store.apply(event(Recorded.ROLLING_UPDATE.get(1)))).as("again").isFalse();
    assertThat(store.apply(event(Recorded.SLICE_MOVE.getLast()))).isTrue();
    assertThat(store.apply(event(Recorded.SLICE_MOVE.getLast()))).as("again").isFalse();
  }

  @Test
  void anExpiredVersionKeepsWhatIsKnown() {
    assertThatThrownBy(() -> store.apply(event(Recorded.EXPIRED)))
        .isInstanceOfSatisfying(ApiFailure.class, why -> assertThat(why.isGone()).isTrue())
        .hasMessage("status 410: too old resource version: 48390 (51022)");

    store.outdated();

    assertThat(store.resourceVersion()).isEmpty();
    assertThat(seen()).hasSize(2);
  }

  @Test
  void aNewListReplacesEverything() {
    store.replace(List.of(), "60000");

    assertThat(seen()).isEmpty();
    assertThat(store.resourceVersion()).isEqualTo("60000");
  }

  @ParameterizedTest
  @CsvSource({
    "true,  true,  false, READY",
    ",      ,      ,      READY",
    "false, true,  false, NOT_READY",
    "false, false, false, NOT_READY",
    "false, true,  true,  TERMINATING",
    "false, false, true,  TERMINATING",
    "true,  true,  true,  TERMINATING",
  })
  void whatConditionsMean(Boolean ready, Boolean serving, Boolean terminating, String standing) {
    JsonObject conditions =
        new JsonObject()
            .put("ready", ready)
            .put("serving", serving)
            .put("terminating", terminating);

    store.replace(List.of(slice("a", "IPv4", pod("chat-7", "10.0.0.7", conditions))), "1");

    assertThat(seen()).containsExactly("chat-7 10.0.0.7:8080 " + standing);
  }

  @Test
  void ofTwoAddressFamiliesTheFirstHolds() {
    JsonObject notReady = new JsonObject().put("ready", false);
    store.replace(
        List.of(
            slice("six", "IPv6", pod("chat-0", "fd00::7", new JsonObject())),
            slice("four", "IPv4", pod("chat-0", "10.0.0.7", notReady))),
        "1");

    assertThat(seen()).containsExactly("chat-0 10.0.0.7:8080 NOT_READY");
  }

  /** The controller writes one slice after the other. */
  @Test
  void aPodThatOneSliceSaysEndsDoesEnd() {
    JsonObject ready = new JsonObject().put("ready", true);
    JsonObject ending = new JsonObject().put("ready", false).put("terminating", true);
    store.replace(
        List.of(
            slice("a", "IPv4", pod("chat-0", "10.0.0.7", "u1", ready)),
            slice("b", "IPv4", pod("chat-0", "10.0.0.7", "u1", ending))),
        "1");
    assertThat(seen()).containsExactly("chat-0 10.0.0.7:8080 TERMINATING");

    store.replace(
        List.of(
            slice("six", "IPv6", pod("chat-0", "fd00::7", "u1", ready)),
            slice("four", "IPv4", pod("chat-0", "10.0.0.7", "u1", ending))),
        "2");
    assertThat(seen()).containsExactly("chat-0 10.0.0.7:8080 TERMINATING");
  }

  @Test
  void ofTwoPodsOfOneNameTheNewerHolds() {
    JsonObject starting = new JsonObject().put("ready", false);
    JsonObject ending = new JsonObject().put("ready", false).put("terminating", true);
    store.replace(
        List.of(
            slice("a", "IPv4", pod("chat-0", "10.0.0.7", "u1", ending)),
            slice("b", "IPv6", pod("chat-0", "fd00::9", "u2", starting))),
        "1");

    assertThat(seen()).containsExactly("chat-0 [fd00::9]:8080 NOT_READY");
    assertThat(store.sightings(TARGET).getFirst().pod()).isEqualTo("u2");
  }

  @Test
  void aServiceWithoutPodsHasASliceAndADeletedOneHasNone() {
    store.replace(List.of(slice("empty", "IPv4")), "1");
    assertThat(store.isEmpty()).isFalse();

    store.replace(List.of(), "2");
    assertThat(store.isEmpty()).isTrue();
  }

  @Test
  void aNumberThatIsNoPortOfThePodsIsNoticed() {
    assertThat(store.otherPorts(Recorded.target("80"))).containsExactly(8080);
    assertThat(store.otherPorts(Recorded.target("8080"))).isEmpty();
    assertThat(store.otherPorts(Recorded.target("http"))).isEmpty();
    assertThat(store.otherPorts(Recorded.target(null))).isEmpty();
  }

  @Test
  void anIpv6AddressIsWrittenAsInUrls() {
    store.replace(List.of(slice("six", "IPv6", pod("chat-0", "fd00::7", new JsonObject()))), "1");

    assertThat(seen()).containsExactly("chat-0 [fd00::7]:8080 READY");
  }

  @Test
  void anEndpointWithoutAPodIsKnownByItsHostNameOrItsAddress() {
    JsonObject named = new JsonObject().put("hostname", "gpu-box");
    named.put("addresses", new JsonArray().add("10.0.0.8"));
    JsonObject bare = new JsonObject().put("addresses", new JsonArray().add("10.0.0.9"));

    store.replace(List.of(slice("manual", "IPv4", named, bare)), "1");

    assertThat(seen())
        .containsExactly("10.0.0.9:8080 10.0.0.9:8080 READY", "gpu-box 10.0.0.8:8080 READY");
  }

  @Test
  void namesOfSeveralNamespacesAreQualified() {
    Target qualified = new Target("chat", "main", "chat", "models", null, true, true);

    Instance instance = store.sightings(qualified).getFirst().instance();

    assertThat(instance.id()).isEqualTo("chat-0.models");
    assertThat(instance.tls()).isTrue();
    assertThat(instance.variant()).isEqualTo("main");
  }

  @Test
  void thePortIsANumberOrANameOrTheOnlyOne() {
    assertThat(port("http")).isEqualTo(8080);
    assertThat(port("9999")).isEqualTo(9999);
    assertThat(port(null)).isEqualTo(8080);
    assertThat(store.sightings(Recorded.target("grpc"))).isEmpty();
    assertThat(store.withoutPort(Recorded.target("grpc"))).containsExactly("chat-8vq2m");
    assertThat(store.withoutPort(Recorded.target("http"))).isEmpty();
  }

  @Test
  void ofSeveralPortsOneHasToBeNamed() {
    JsonObject two = sliceJson("two", "IPv4", pod("chat-0", "10.0.0.7", new JsonObject()));
    two.getJsonArray("ports").add(new JsonObject().put("name", "metrics").put("port", 9000));
    store.replace(List.of(Slice.of(two)), "1");

    assertThat(store.sightings(TARGET)).isEmpty();
    assertThat(store.withoutPort(TARGET)).containsExactly("two");
    assertThat(port("metrics")).isEqualTo(9000);
  }

  @Test
  void emptyListsAreWrittenAsNull() {
    JsonObject empty = sliceJson("none", "IPv4").putNull("endpoints").putNull("ports");

    store.replace(List.of(Slice.of(empty)), "1");

    assertThat(seen()).isEmpty();
    assertThat(store.withoutPort(TARGET)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "not json",
        "[]",
        "{}",
        "{\"type\":\"ADDED\"}",
        "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"a\"},\"endpoints\":[1]}}",
        "{\"type\":\"ADDED\",\"object\":\"a\"}",
        "{\"type\":\"SURPRISE\",\"object\":{}}"
      })
  void whatMakesNoSenseFailsTheWatch(String line) {
    assertThat(event(line)).isInstanceOf(SliceEvent.Failed.class);
    assertThatThrownBy(() -> store.apply(event(line))).isInstanceOf(ApiFailure.class);
    assertThat(seen()).hasSize(2);
  }

  private List<String> afterwards(String line) {
    store.apply(event(line));
    List<String> state = new ArrayList<>(List.of(store.resourceVersion()));
    state.addAll(seen());
    return state;
  }

  private List<String> seen() {
    return store.sightings(TARGET).stream()
        .map(s -> s.instance().id() + " " + s.instance().authority() + " " + s.standing())
        .toList();
  }

  private int port(String port) {
    return store.sightings(Recorded.target(port)).getFirst().instance().port();
  }

  private static Slice slice(String name, String family, JsonObject... endpoints) {
    return Slice.of(sliceJson(name, family, endpoints));
  }

  private static JsonObject sliceJson(String name, String family, JsonObject... endpoints) {
    return new JsonObject()
        .put("metadata", new JsonObject().put("name", name))
        .put("addressType", family)
        .put("endpoints", new JsonArray(List.of(endpoints)))
        .put("ports", new JsonArray().add(new JsonObject().put("name", "http").put("port", 8080)));
  }

  private static JsonObject pod(String name, String address, String uid, JsonObject conditions) {
    JsonObject pod = pod(name, address, conditions);
    pod.getJsonObject("targetRef").put("uid", uid);
    return pod;
  }

  private static JsonObject pod(String name, String address, JsonObject conditions) {
    return new JsonObject()
        .put("addresses", new JsonArray().add(address))
        .put("conditions", conditions)
        .put("targetRef", new JsonObject().put("kind", "Pod").put("name", name));
  }
}
