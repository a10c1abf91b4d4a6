package io.sessionrouter.session;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether Redis would store a session, by storing something that is forgotten at once.
 *
 * <p>A Redis that is out of memory, or has too few replicas, answers everything but writes. A
 * session that cannot be stored would cost the container its work for nothing, so openings are
 * refused until a probe is stored again. Where a session was refused the next probes go to the same
 * node of a cluster.
 */
final class WriteProbe {
  private static final String LIFE_MILLIS = "10000";

  private final RedisCommands commands;
  private volatile String tag;
  private volatile @Nullable String refusal;

  WriteProbe(RedisCommands commands, String replica) {
    this.commands = commands;
    this.tag = replica;
  }

  /** Redis' own words, if it refuses to store sessions; else null. */
  @Nullable String refusal() {
    return refusal;
  }

  /** A session could not be stored. */
  void failed(String endpoint, String id, Throwable why) {
    if (isRefusal(why)) {
      tag = endpoint + ':' + id;
      judge(why);
    }
  }

  /** Probes. Never fails. */
  Future<Void> probe() {
    Request request =
        Request.cmd(Command.SET).arg(Keys.writeProbe(tag)).arg("").arg("PX").arg(LIFE_MILLIS);
    return commands
        .send(request)
        .onSuccess(stored -> refusal = null)
        .onFailure(this::judge)
        .recover(why -> Future.succeededFuture())
        .mapEmpty();
  }

  /** What was not answered says nothing of writes. */
  private void judge(Throwable why) {
    if (why instanceof StoreUnavailable store && isRefusal(store)) {
      refusal = RedisErrors.shown(store.words());
    }
  }

  private static boolean isRefusal(Throwable why) {
    return why instanceof StoreUnavailable store && store.failure() == StoreEvents.Failure.REFUSED;
  }
}
