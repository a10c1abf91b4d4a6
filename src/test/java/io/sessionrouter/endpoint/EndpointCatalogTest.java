package io.sessionrouter.endpoint;

import static io.sessionrouter.endpoint.Room.FLEET;
import static io.sessionrouter.endpoint.Room.SESSIONS;
import static io.sessionrouter.endpoint.Room.TLS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionrouter.testing.Configured;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EndpointCatalogTest {
  private final List<String> log = new ArrayList<>();
  private final EndpointCatalog catalog = new EndpointCatalog(Map.of("chat", chat("1")));

  private static EndpointSettings named(String name, String weight) {
    String key = "session-router.endpoints." + name + ".variants.main.";
    return Configured.nothing()
        .with(key + "instances", "http://127.0.0.1:8081")
        .with(key + "weight", weight)
        .settings()
        .endpoints()
        .get(name);
  }

  private static EndpointSettings chat(String weight) {
    return named("chat", weight);
  }

  private final class Follower implements EndpointFollower {
    private final String name;

    Follower(String name) {
      this.name = name;
    }

    @Override
    public void check(EndpointSettings settings) {
      if (settings.name().equals("bad")) {
        throw new IllegalArgumentException(name + " cannot serve it");
      }
    }

    @Override
    public void added(Endpoint endpoint) {
      log.add(name + " + " + endpoint.name());
    }

    @Override
    public void changed(Endpoint endpoint) {
      log.add(name + " = " + endpoint.name() + " " + endpoint.phase());
    }

    @Override
    public void removed(String endpoint) {
      log.add(name + " - " + endpoint);
    }
  }

  private void follow() {
    catalog.follow(FLEET, new Follower("fleet"));
    catalog.follow(TLS, new Follower("tls"));
    log.clear();
  }

  @Test
  void whoFollowsLearnsOfWhatIsThere() {
    catalog.follow(SESSIONS, new Follower("sessions"));

    assertThat(log).containsExactly("sessions + chat");
  }

  @Test
  void anEndpointComesInOrderAndGoesInReverse() {
    follow();

    catalog.put(named("other", "1"));
    catalog.retire("other");
    catalog.remove("other");

    assertThat(log)
        .containsExactly(
            "tls + other",
            "fleet + other",
            "tls = other RETIRED",
            "fleet = other RETIRED",
            "fleet - other",
            "tls - other");
    assertThat(catalog.get("other")).isNull();
  }

  @Test
  void whatStaysTheSameChangesNothing() {
    follow();

    catalog.put(chat("1"));
    assertThat(log).isEmpty();

    catalog.put(chat("2"));
    assertThat(log).containsExactly("tls = chat IN_SERVICE", "fleet = chat IN_SERVICE");
  }

  @Test
  void whatARoomCannotServeChangesNothing() {
    follow();

    assertThatThrownBy(() -> catalog.put(named("bad", "1"))).hasMessage("tls cannot serve it");
    assertThat(log).isEmpty();
    assertThat(catalog.get("bad")).isNull();
  }

  @Test
  void replacingRetiresWhatIsNotThereAnyMore() {
    follow();

    catalog.replace(List.of(named("other", "1")));

    assertThat(catalog.get("chat").phase()).isEqualTo(EndpointPhase.RETIRED);
    assertThat(catalog.get("other").phase()).isEqualTo(EndpointPhase.IN_SERVICE);

    catalog.replace(List.of(chat("3")));
    assertThat(catalog.get("chat").phase()).as("back").isEqualTo(EndpointPhase.IN_SERVICE);
    assertThat(catalog.get("chat").settings().variants().getFirst().weight()).isEqualTo(3);
  }

  @Test
  void anEndpointInServiceIsNotForgotten() {
    follow();

    catalog.remove("chat");

    assertThat(catalog.get("chat")).isNotNull();
    assertThat(log).isEmpty();
  }

  @Test
  void whatWasDeletedBeginsAnew() {
    follow();

    catalog.delete("chat");
    catalog.retire("chat");
    assertThat(catalog.get("chat").phase()).isEqualTo(EndpointPhase.DELETED);
    log.clear();

    catalog.put(chat("1"));
    assertThat(log).containsExactly("fleet - chat", "tls - chat", "tls + chat", "fleet + chat");
  }

  /** Every room follows; one of them fails until it is mended. */
  private final Set<Room> broken = EnumSet.noneOf(Room.class);

  private final class Fragile implements EndpointFollower {
    private final Room room;

    Fragile(Room room) {
      this.room = room;
    }

    private void note(String what) {
      log.add(room + what);
      if (broken.contains(room)) {
        throw new IllegalStateException("broken");
      }
    }

    @Override
    public void added(Endpoint endpoint) {
      note(" +");
    }

    @Override
    public void changed(Endpoint endpoint) {
      note(" =");
    }

    @Override
    public void removed(String endpoint) {
      note(" -");
    }
  }

  private void followAll() {
    for (Room room : Room.values()) {
      catalog.follow(room, new Fragile(room));
    }
    log.clear();
  }

  private List<Unapplied> replace(EndpointSettings... all) {
    log.clear();
    return catalog.replace(List.of(all));
  }

  private static List<String> steps(String step, Collection<Room> rooms) {
    return rooms.stream().map(room -> room + step).toList();
  }

  private static final List<Room> ALL = List.of(Room.values());

  @ParameterizedTest
  @EnumSource(Room.class)
  void aRoomThatFailsKeepsNoOtherFromAChangeAndTriesAgain(Room room) {
    followAll();
    broken.add(room);

    assertThat(replace(chat("2"))).containsExactly(new Unapplied("chat", room));
    assertThat(log).containsExactlyElementsOf(steps(" =", ALL));
    assertThat(catalog.get("chat").settings().variants().getFirst().weight()).isEqualTo(2);

    assertThat(replace(chat("2"))).as("still").containsExactly(new Unapplied("chat", room));
    assertThat(log).containsExactly(room + " =");

    broken.clear();
    assertThat(replace(chat("2"))).isEmpty();
    assertThat(log).containsExactly(room + " =");
    assertThat(replace(chat("2"))).isEmpty();
    assertThat(log).as("all is done").isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Room.class)
  void aNewEndpointWaitsForTheRoomThatFailsAndNoOtherEndpointDoes(Room room) {
    catalog.retire("chat");
    catalog.remove("chat");
    followAll();
    broken.add(room);
    List<Room> rest = ALL.subList(room.ordinal(), ALL.size());

    assertThat(replace(chat("1")))
        .containsExactlyElementsOf(rest.stream().map(r -> new Unapplied("chat", r)).toList());
    assertThat(log).containsExactlyElementsOf(steps(" +", ALL.subList(0, room.ordinal() + 1)));

    broken.clear();
    assertThat(replace(chat("1"))).isEmpty();
    assertThat(log).containsExactlyElementsOf(steps(" +", rest));
  }

  @ParameterizedTest
  @EnumSource(Room.class)
  void whatARoomDoesNotReleaseItReleasesLater(Room room) {
    followAll();
    catalog.retire("chat");
    broken.add(room);
    log.clear();

    catalog.remove("chat");
    assertThat(log).containsExactlyElementsOf(steps(" -", ALL.reversed()));

    broken.clear();
    assertThat(replace()).isEmpty();
    assertThat(log).containsExactly(room + " -");
  }

  @ParameterizedTest
  @EnumSource(Room.class)
  void whatARoomDidNotReleaseItReleasesBeforeTheEndpointComesBack(Room room) {
    followAll();
    catalog.retire("chat");
    broken.add(room);
    catalog.remove("chat");
    broken.clear();

    assertThat(replace(chat("1"))).isEmpty();
    assertThat(log).containsSubsequence(room + " -", room + " +").doesNotContain(room + " =");
    assertThat(log).hasSize(ALL.size() + 1);
  }

  @Test
  void whatChangesMeanwhileIsAppliedOnceToARoomThatWasBroken() {
    followAll();
    broken.add(Room.FLEET);
    replace(chat("2"));
    broken.clear();

    assertThat(replace(chat("3"))).isEmpty();
    assertThat(log).containsExactlyElementsOf(steps(" =", ALL));
  }

  @Test
  void replacingChecksAllBeforeItChangesAny() {
    follow();

    assertThatThrownBy(() -> replace(named("aaa", "1"), named("bad", "1")))
        .hasMessage("tls cannot serve it");
    assertThat(log).isEmpty();
    assertThat(catalog.get("aaa")).isNull();
  }
}
