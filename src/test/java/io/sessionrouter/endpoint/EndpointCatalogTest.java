package io.sessionrouter.endpoint;

import static io.sessionrouter.endpoint.EndpointCatalog.Order.FLEET;
import static io.sessionrouter.endpoint.EndpointCatalog.Order.SESSIONS;
import static io.sessionrouter.endpoint.EndpointCatalog.Order.TLS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionrouter.testing.Configured;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

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

  private final class Room implements EndpointFollower {
    private final String name;

    Room(String name) {
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
    catalog.follow(FLEET, new Room("fleet"));
    catalog.follow(TLS, new Room("tls"));
    log.clear();
  }

  @Test
  void whoFollowsLearnsOfWhatIsThere() {
    catalog.follow(SESSIONS, new Room("sessions"));

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
}
