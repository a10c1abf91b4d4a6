package io.sessionrouter.models;

/**
 * A model on a member, as operators see it.
 *
 * @param name as clients name it
 * @param inFlight requests this replica has under way on it
 * @param since when it was last used here or first seen, or when its load began; epoch milliseconds
 */
public record ModelStatus(String name, State state, int inFlight, long since) {

  /** How far it is. */
  public enum State {
    LOADING,
    LOADED
  }
}
