package io.sessionrouter.models;

import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.LoadMarks;
import io.sessionrouter.domain.LoadMarks.Mark;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.fleet.Member;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;

/**
 * What an endpoint's loads say to those of other replicas, and what those say.
 *
 * <p>A claim is short and renewed while its load goes on: a replica that is killed keeps nobody
 * waiting for long. If nothing can be asked, every load goes on by itself, and the containers
 * answer who was first.
 */
final class LoadClaims {
  static final Duration CLAIM_LIFE = Duration.ofSeconds(30);
  private static final long RENEW_MILLIS = CLAIM_LIFE.toMillis() / 3;

  private final String endpoint;
  private final LoadMarks marks;
  private final Delay pauses;
  private final InstantSource clock;
  private volatile boolean closed;

  LoadClaims(String endpoint, LoadMarks marks, Delay pauses, InstantSource clock) {
    this.endpoint = endpoint;
    this.marks = marks;
    this.pauses = pauses;
    this.clock = clock;
  }

  /** Never fails. */
  Future<Mark> claim(ModelLoad load, Member on) {
    boolean renewed = load.claimed();
    return future(marks.claim(key(load), load.id(), on.instance().id(), CLAIM_LIFE))
        .map(
            mark -> {
              if (mark instanceof Mark.Free && !renewed) {
                load.claimed(true);
                renewLater(load);
              }
              return mark;
            })
        .otherwise(LoadMarks.FREE);
  }

  /** What is said of a model. Never fails. */
  Future<Mark> read(String variant, String target) {
    return future(marks.read(new LoadMarks.Key(endpoint, variant, target)))
        .otherwise(LoadMarks.FREE);
  }

  private static Future<Mark> future(CompletionStage<Mark> stage) {
    return Future.fromCompletionStage(stage);
  }

  private void renewLater(ModelLoad load) {
    pauses.of(RENEW_MILLIS).onSuccess(later -> renew(load));
  }

  private void renew(ModelLoad load) {
    Member on = load.member();
    if (load.claimed() && on != null && !closed) {
      marks.claim(key(load), load.id(), on.instance().id(), CLAIM_LIFE);
      renewLater(load);
    }
  }

  void release(ModelLoad load) {
    if (load.claimed()) {
      load.claimed(false);
      marks.release(key(load), load.id());
    }
  }

  /** A container could not load the model, and no other replica need ask for a while. */
  void failed(ModelLoad load, RouterException why, Duration remembered) {
    if (load.claimed() && !closed) {
      load.claimed(false);
      int status = why instanceof LoadRefusal refusal ? refusal.status() : 0;
      long until = clock.millis() + remembered.toMillis();
      marks.failed(key(load), load.id(), new Mark.Failed(why.kind(), status, why.text(), until));
    } else {
      release(load);
    }
  }

  /** The failure that another replica saw. */
  static RouterException failure(String variant, Mark.Failed failed) {
    return failed.kind() == FailureKind.MODEL_LOAD_FAILED
        ? new LoadRefusal(variant, failed.status(), failed.text())
        : new RouterException(failed.kind(), failed.text());
  }

  /** From now on failures are of a router that stops, and of no concern to others. */
  void close() {
    closed = true;
  }

  private LoadMarks.Key key(ModelLoad load) {
    return new LoadMarks.Key(endpoint, load.variant(), load.model().target());
  }
}
