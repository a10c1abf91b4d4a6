package io.sessionrouter.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.auth.AuthSettings;
import io.sessionrouter.domain.Session;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Endpoints;
import io.sessionrouter.ops.UnownedSessions.Counted;
import io.sessionrouter.session.SessionListing;
import io.sessionrouter.session.SessionListing.Page;
import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnownedSessionsTest {
  private final List<EndpointFleet> endpoints =
      List.of(new EndpointFleet(Endpoints.endpoint(null, Endpoints.variant("main", 1)), List.of()));
  private int asked;

  private Counted count(int pages) {
    SessionListing listing =
        (endpoint, instances, asker, limit, cursor) -> {
          asked++;
          assertThat(asker.any()).isTrue();
          List<Session> sessions = List.of(session(""), session("notebook"), session(""));
          return Future.succeededFuture(new Page(sessions, asked == pages ? null : "next"));
        };
    AuthSettings auth = new AuthSettings(false, null, "us-east-1");
    return new UnownedSessions(auth, null, null, listing).count(endpoints).result();
  }

  private static Session session(String owner) {
    return new Session("s", "i", "b", "main", "", owner, 0, 1, 0);
  }

  @Test
  void whatNobodyOwnsIsCounted() {
    assertThat(count(1)).isEqualTo(new Counted(2, true));
  }

  @Test
  void onAllPages() {
    assertThat(count(3)).isEqualTo(new Counted(6, true));
  }

  @Test
  void onSoManyPagesOnlyAndSaysSo() {
    assertThat(count(1000)).isEqualTo(new Counted(2L * UnownedSessions.MAX_PAGES, false));
    assertThat(asked).isEqualTo(UnownedSessions.MAX_PAGES);
  }

  @Test
  void nothingWhereThereIsNoEndpoint() {
    assertThat(new UnownedSessions(null, null, null, null).count(List.of()).result())
        .isEqualTo(new Counted(0, true));
  }
}
