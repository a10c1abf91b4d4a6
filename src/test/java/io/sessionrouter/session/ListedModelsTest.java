package io.sessionrouter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionrouter.domain.Session;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ListedModelsTest {
  private static final SessionListing.Page FIRST =
      new SessionListing.Page(List.of(session("s-1", "a"), session("s-2", "b")), "more");
  private static final SessionListing.Page LAST =
      new SessionListing.Page(List.of(session("s-3", "c"), session("s-4", "a")), null);

  private final SessionListing listing =
      (endpoint, instances, asker, limit, cursor) ->
          Future.succeededFuture(
              Map.of("chat i-1 null", FIRST, "chat i-1 more", LAST)
                  .get(endpoint + " " + instances.iterator().next() + " " + cursor));

  @Test
  void allPagesAreRead() {
    assertThat(new ListedModels(listing).on("chat", "i-1", session -> true).toCompletableFuture())
        .isCompletedWithValue(java.util.Set.of("a", "b", "c"));
  }

  @Test
  void sessionsThatDoNotCountAreLeftOut() {
    assertThat(
            new ListedModels(listing)
                .on("chat", "i-1", session -> !session.id().equals("s-2"))
                .toCompletableFuture())
        .isCompletedWithValue(java.util.Set.of("a", "c"));
  }

  @Test
  void whatCannotBeReadIsNotTakenForNothing() {
    SessionListing away =
        (endpoint, instances, asker, limit, cursor) -> Future.failedFuture("away");

    assertThatThrownBy(
            () ->
                new ListedModels(away)
                    .on("chat", "i-1", session -> true)
                    .toCompletableFuture()
                    .join())
        .hasMessageContaining("away");
  }

  private static Session session(String id, String model) {
    return new Session(id, "i-1", "", "main", model, "", 1, 2, 1);
  }
}
