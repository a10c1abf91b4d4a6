package io.sessionrouter.container.session;

import java.time.InstantSource;

/**
 * A claim on a session, from the arrival of a request to its end; while it lasts the session does.
 */
public final class Use implements AutoCloseable {
  private final Session session;
  private final TurnQueue.Place place;
  private final InstantSource clock;

  Use(Session session, InstantSource clock) {
    this.session = session;
    this.clock = clock;
    this.place = session.join(clock.instant());
  }

  /** Waits until all who came before have left, then looks whether the session still lives. */
  public Session await() throws InterruptedException {
    place.await();
    session.checkAlive(clock.instant());
    return session;
  }

  /**
   * As {@link #await}, for a request that closes it: nobody may come after. It waits on even if its
   * client is gone, because the session can no longer be used and must not keep its memory.
   */
  public Session awaitToClose() {
    if (!session.announceClose()) {
      throw SessionEnd.CLOSED.refusal(session.id());
    }
    place.awaitUninterruptibly();
    session.checkAlive(clock.instant());
    return session;
  }

  @Override
  public void close() {
    session.leave(clock.instant());
    place.leave();
  }
}
