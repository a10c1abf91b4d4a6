package io.sessionrouter.ops;

import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionCloser;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Containers that are told to close sessions; chosen by {@link OpsProfile} only. */
@Alternative
@Singleton
class FakeContainers implements SessionCloser {
  volatile boolean confirm = true;

  private final InMemorySessions room;

  FakeContainers(InMemorySessions room) {
    this.room = room;
  }

  @Override
  public CompletionStage<Boolean> close(String endpoint, Session session) {
    room.calls.add("container close " + endpoint + " " + session.id());
    return CompletableFuture.completedStage(confirm);
  }
}
