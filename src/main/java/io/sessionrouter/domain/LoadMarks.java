package io.sessionrouter.domain;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * What the router's replicas publish to each other of loads of models: which are under way, and
 * which failed lately.
 *
 * <p>Asked only for models that are not known to be loaded. Stages fail if it is unknown now; then
 * each replica goes by what it knows itself.
 */
public interface LoadMarks {

  /** A model of one variant of an endpoint. */
  record Key(String endpoint, String variant, String target) {}

  /** What is said of a model. */
  sealed interface Mark {

    /** Nothing, or that the asking load is the one under way. */
    record Free() implements Mark {}

    /** Another load of it is under way. */
    record Loading(String instance) implements Mark {}

    /**
     * It could not be loaded.
     *
     * @param status what its container answered with, 0 if that is not known
     * @param until when it may be tried again, epoch milliseconds
     */
    record Failed(FailureKind kind, int status, String text, long until) implements Mark {}
  }

  /** Nothing is said. */
  Mark FREE = new Mark.Free();

  /**
   * Says that the load is under way on the instance, unless something else is said of the model. To
   * be said again before its life is over.
   *
   * @param load names it among all loads of all replicas
   * @return what else is said, or {@link Mark.Free} if the load may go on
   */
  CompletionStage<Mark> claim(Key key, String load, String instance, Duration life);

  /** What is said of the model. */
  CompletionStage<Mark> read(Key key);

  /** The load is over, and nothing is left to be said; if something else is said, it stays. */
  void release(Key key, String load);

  /** The load failed; if something else is said of the model, that stays. */
  void failed(Key key, String load, Mark.Failed why);
}
