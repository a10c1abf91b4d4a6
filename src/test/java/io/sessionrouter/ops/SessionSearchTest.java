package io.sessionrouter.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.Session;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Endpoints;
import io.sessionrouter.session.LastTokens;
import io.sessionrouter.session.SessionListing;
import io.sessionrouter.telemetry.LogFields;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Searching and listing page by page: nothing is missed, and both are bounded. */
class SessionSearchTest {
  private final Pages pages = new Pages();
  private final SessionSearch search = new SessionSearch(pages, new SessionViews(new LastTokens()));
  private final List<EndpointFleet> endpoints =
      List.of(new EndpointFleet(Endpoints.endpoint(null, Endpoints.variant("main", 1)), List.of()));

  /** Every page has the same sessions; there are so many of them. */
  private static final class Pages implements SessionListing {
    private final List<Session> each = new ArrayList<>();
    private final List<Integer> limits = new ArrayList<>();
    private int number = 1;
    private @Nullable Promise<Page> late;

    @Override
    public Future<Page> list(
        String endpoint,
        Collection<String> instances,
        Asker asker,
        int limit,
        @Nullable String cursor) {
      limits.add(limit);
      if (late != null) {
        return late.future();
      }
      int page = cursor == null ? 1 : Integer.parseInt(cursor);
      String next = page == number ? null : String.valueOf(page + 1);
      return Future.succeededFuture(new Page(each.stream().limit(limit).toList(), next));
    }
  }

  private static Session session(String id, Instant usedAt) {
    long used = usedAt.toEpochMilli();
    return new Session(id, "i", "b", "main", "", "", used, used + 1, used);
  }

  private FoundSession.Found find(String text) {
    return search.find(text, endpoints, name -> Asker.ANYBODY).result();
  }

  @Test
  void allPagesAreLookedAt() {
    pages.each.add(session("0a1b2c3d", Instant.now()));
    pages.number = 3;

    assertThat(find("0a1b2c").sessions()).hasSize(3);
    assertThat(find(LogFields.hash("0a1b2c3d")).sessions()).hasSize(3);
    assertThat(find("b2c3d0").sessions()).isEmpty();
    assertThat(find("0a1b2c").complete()).isTrue();
  }

  @Test
  void itStopsAfterSoManyPagesAndSaysSo() {
    pages.number = SessionSearch.MAX_PAGES + 1;

    assertThat(find("0a1b2c").complete()).isFalse();
    assertThat(pages.limits).hasSize(SessionSearch.MAX_PAGES);
  }

  @Test
  void itShowsSoManyAndSaysThatThereAreMore() {
    IntStream.range(0, 60).forEach(i -> pages.each.add(session("0a1b2c" + i, Instant.now())));

    assertThat(find("0a1b2c").sessions()).hasSize(SessionSearch.MAX_FOUND);
    assertThat(find("0a1b2c").complete()).isFalse();
  }

  @Test
  void oneSearchRunsAtATime() {
    pages.late = Promise.promise();
    search.find("0a1b2c", endpoints, name -> Asker.ANYBODY);

    assertThatExceptionOfType(ApiFailure.class)
        .isThrownBy(() -> search.find("0a1b2c", endpoints, name -> Asker.ANYBODY))
        .withMessageContaining("one at a time");

    pages.late.fail("Redis is away");
    pages.late = null;
    assertThat(find("0a1b2c").complete()).isTrue();
  }

  @Test
  void aPageOfIdleSessionsIsFilledFromSeveral() {
    pages.each.add(session("idle", Instant.now().minusSeconds(600)));
    pages.each.add(session("used", Instant.now()));
    pages.number = 100;
    SessionPages filtered = new SessionPages(pages);

    SessionListing.Page page = filtered.list(query(3)).result();

    assertThat(page.sessions()).extracting(Session::id).containsExactly("idle", "idle", "idle");
    assertThat(page.cursor()).isEqualTo("4");
    assertThat(pages.limits).containsExactly(3, 2, 1);
  }

  @Test
  void whereFewAreIdleThePageIsShortAndItsCursorLeadsOn() {
    pages.each.add(session("used", Instant.now()));
    pages.number = 100;

    SessionListing.Page page = new SessionPages(pages).list(query(3)).result();

    assertThat(page.sessions()).isEmpty();
    assertThat(page.cursor()).isNotNull();
    assertThat(pages.limits).hasSize(SessionPages.MAX_READS);
  }

  private static SessionPages.Query query(int limit) {
    return new SessionPages.Query(
        "chat", List.of(), Asker.ANYBODY, limit, null, Duration.ofMinutes(5));
  }
}
