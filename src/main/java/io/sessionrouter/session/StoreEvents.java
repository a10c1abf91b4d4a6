package io.sessionrouter.session;

import java.util.function.BooleanSupplier;

/** Who is notified how Redis does, for counting. Called on event loops: never blocks. */
public interface StoreEvents {

  /** Notifies nobody. */
  StoreEvents NONE = new StoreEvents() {};

  /** How far a command came that failed. */
  enum Failure {
    /** Nothing was sent. */
    UNSENT,
    /** It was sent, and nothing came back in time. */
    UNANSWERED,
    /** Redis answered with an error. */
    REFUSED
  }

  /** Offers whether Redis answers now. */
  default void watches(BooleanSupplier available) {}

  /** Offers whether Redis takes new sessions now. */
  default void watchesWrites(BooleanSupplier writable) {}

  /**
   * A command was answered, or will not be.
   *
   * @param name one of the few that the room sends
   */
  default void answered(String name, long nanos) {}

  /** A command failed. */
  default void failed(Failure how) {}

  /** A connection is up. */
  default void connected(String link) {}

  /** A connection was lost. */
  default void disconnected(String link) {}
}
