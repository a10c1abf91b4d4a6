package io.sessionrouter.fleet;

/**
 * What is known of an instance's health; an immutable value, replaced as a whole.
 *
 * @param state see {@link State}
 * @param epoch the container's boot id, empty if it tells none or was never reached
 * @param failures consecutive failures, active and passive
 */
public record Health(State state, String epoch, int failures) {

  /** Before the first answer. */
  public static final Health UNKNOWN = new Health(State.UNKNOWN, "", 0);

  /** What follows from an instance's health. */
  public enum State {
    /** Not asked yet: gets no new work. */
    UNKNOWN,
    /** Gets new work. */
    HEALTHY,
    /** Gets no new work; its sessions are still tried, their state may be there. */
    UNHEALTHY,
    /** Nothing listens at its address any more: its sessions' state is lost. */
    GONE
  }
}
