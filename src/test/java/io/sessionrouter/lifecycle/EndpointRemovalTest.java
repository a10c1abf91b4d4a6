package io.sessionrouter.lifecycle;

import static io.sessionrouter.fleet.Endpoints.catalog;
import static io.sessionrouter.fleet.Endpoints.endpoint;
import static io.sessionrouter.fleet.Endpoints.healthy;
import static io.sessionrouter.fleet.Endpoints.variant;
import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionLookup.Found;
import io.sessionrouter.endpoint.Endpoint;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.endpoint.EndpointFollower;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.Room;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Fleet;
import io.sessionrouter.fleet.FleetView;
import io.sessionrouter.fleet.InstanceFailure;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.fleet.Requester;
import io.sessionrouter.ops.InMemorySessions;
import io.sessionrouter.testing.LogLines;
import io.sessionrouter.testing.MutableClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When endpoints that were retired or deleted are forgotten; by the test's clock. */
class EndpointRemovalTest {
  private static final Duration MAX_TTL = Duration.ofMinutes(20);

  private final MutableClock clock = new MutableClock();
  private final EndpointSettings settings = endpoint(null, variant("main", 1, 9001));
  private final EndpointCatalog catalog = catalog(settings);
  private final Member member = healthy("main", 9001);
  private final Store store = new Store();
  private final List<String> closed = new ArrayList<>();
  private final EndpointRemoval removal =
      new EndpointRemoval(
          catalog,
          new OneMember(),
          store,
          store,
          (endpoint, session) -> {
            closed.add(endpoint + " " + session.id());
            return CompletableFuture.completedFuture(true);
          },
          clock);

  private final class OneMember implements FleetView {
    @Override
    public Fleet current() {
      return new Fleet(Map.of("chat", new EndpointFleet(settings, List.of(member))));
    }

    @Override
    public void failed(Member failed, InstanceFailure failure, Requester by) {}

    @Override
    public void answered(Member answered, Requester by) {}
  }

  /** All sessions are on one instance. */
  private static final class Store extends InMemorySessions {

    void add(String id) {
      add(new Session(id, "127.0.0.1:9001", "", "main", "", "", 1, Long.MAX_VALUE, 1));
    }

    @Override
    public int bound(String endpoint, String instance) {
      return 0;
    }

    @Override
    public Future<Page> list(
        String endpoint,
        Collection<String> instances,
        Asker asker,
        int limit,
        @Nullable String cursor) {
      return away
          ? Future.failedFuture(new IllegalStateException("away"))
          : Future.succeededFuture(
              new Page(
                  known.values().stream()
                      .filter(Found.class::isInstance)
                      .map(found -> ((Found) found).session())
                      .limit(limit)
                      .toList(),
                  null));
    }
  }

  private List<String> round() {
    clock.advance(EndpointRemoval.PERIOD);
    return removal.round().result();
  }

  private List<String> afterQuiet() {
    round();
    clock.advance(EndpointRemoval.QUIET);
    return round();
  }

  @Test
  void whatIsInServiceStays() {
    assertThat(afterQuiet()).isEmpty();
  }

  @Test
  void whatNobodyUsesIsForgottenAfterAMoment() {
    catalog.retire("chat");

    assertThat(round()).isEmpty();
    clock.advance(EndpointRemoval.QUIET);
    assertThat(round()).containsExactly("chat");
  }

  @Test
  void aSessionKeepsIt() {
    store.add("a");
    catalog.retire("chat");
    assertThat(afterQuiet()).isEmpty();
    assertThat(closed).isEmpty();

    store.known.clear();
    assertThat(afterQuiet()).containsExactly("chat");
  }

  @Test
  void aRequestKeepsIt() {
    catalog.retire("chat");
    member.began();
    assertThat(afterQuiet()).isEmpty();

    member.ended(false);
    assertThat(afterQuiet()).containsExactly("chat");
  }

  @Test
  void whatRedisCannotTellKeepsItForAsLongAsASessionMayLive() {
    store.away = true;
    catalog.retire("chat");
    round();
    clock.advance(MAX_TTL.minusSeconds(5));
    assertThat(round()).isEmpty();

    clock.advance(Duration.ofSeconds(5));
    assertThat(round()).containsExactly("chat");
  }

  @Test
  void theSessionsOfADeletedOneEndOnTheirContainers() {
    store.add("a");
    store.add("b");
    catalog.delete("chat");

    round();

    assertThat(closed).containsExactlyInAnyOrder("chat a", "chat b");
    assertThat(store.known.values()).noneMatch(Found.class::isInstance);
    clock.advance(EndpointRemoval.QUIET);
    round();
    assertThat(afterQuiet()).containsExactly("chat");
  }

  @Test
  void whatComesBackIsKept() {
    catalog.retire("chat");
    round();
    catalog.put(settings);

    assertThat(afterQuiet()).isEmpty();
    catalog.retire("chat");
    assertThat(round()).as("counted anew").isEmpty();
  }

  @Test
  void aRemovalThatFailsIsLoggedWithItsCause() {
    AssertionError broken = new AssertionError("broken on purpose");
    catalog.follow(Room.FLEET, new Broken(broken));
    catalog.retire("chat");
    round();
    clock.advance(EndpointRemoval.QUIET);
    Vertx vertx = Vertx.vertx();

    try (LogLines log = new LogLines(EndpointRemoval.class)) {
      assertThat(removal.tick(vertx).toCompletionStage())
          .failsWithin(Duration.ofSeconds(30))
          .withThrowableThat()
          .withCause(broken);
      assertThat(log.lines()).containsExactly("ERROR endpoints cannot be removed");
      assertThat(log.causes()).containsExactly(broken);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  /** A room whose failure the catalog does not catch. */
  private record Broken(Error failure) implements EndpointFollower {
    @Override
    public void check(EndpointSettings checked) {}

    @Override
    public void added(Endpoint added) {}

    @Override
    public void changed(Endpoint changed) {}

    @Override
    public void removed(String removed) {
      throw failure;
    }
  }
}
