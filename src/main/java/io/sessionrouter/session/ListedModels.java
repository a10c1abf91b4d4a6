package io.sessionrouter.session;

import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.ModelsInUse;
import io.sessionrouter.domain.Session;
import io.vertx.core.Future;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads the models of an instance's sessions from its listing, page by page. */
final class ListedModels implements ModelsInUse {
  private final SessionListing listing;

  ListedModels(SessionListing listing) {
    this.listing = listing;
  }

  @Override
  public CompletionStage<Set<String>> on(
      String endpoint, String instance, Predicate<Session> counts) {
    return new Reading(endpoint, instance, counts).from(null).toCompletionStage();
  }

  private final class Reading {
    private final String endpoint;
    private final String instance;
    private final Predicate<Session> counts;
    private final Set<String> models = new HashSet<>();

    Reading(String endpoint, String instance, Predicate<Session> counts) {
      this.endpoint = endpoint;
      this.instance = instance;
      this.counts = counts;
    }

    Future<Set<String>> from(@Nullable String cursor) {
      return listing
          .list(endpoint, List.of(instance), Asker.ANYBODY, SessionListing.MAX_LIMIT, cursor)
          .compose(this::take);
    }

    private Future<Set<String>> take(SessionListing.Page page) {
      for (Session session : page.sessions()) {
        if (counts.test(session)) {
          models.add(session.model());
        }
      }
      String next = page.cursor();
      return next == null ? Future.succeededFuture(models) : from(next);
    }
  }
}
