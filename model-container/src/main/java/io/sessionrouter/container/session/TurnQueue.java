package io.sessionrouter.container.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** The line before a session: one at a time, in the order of arrival, whoever may give up. */
final class TurnQueue {
  private CompletableFuture<Void> tail = CompletableFuture.completedFuture(null);

  synchronized Place join() {
    var place = new Place(tail, new CompletableFuture<>());
    tail = place.after;
    return place;
  }

  /** One place in the line. */
  record Place(CompletableFuture<Void> before, CompletableFuture<Void> after) {
    void await() throws InterruptedException {
      try {
        before.get();
      } catch (ExecutionException impossible) {
        throw new IllegalStateException(impossible);
      }
    }

    void awaitUninterruptibly() {
      before.join();
    }

    /** Leaves the line; who gives up while waiting does not let the next one overtake. */
    void leave() {
      var _ = before.thenRun(() -> after.complete(null));
    }
  }
}
