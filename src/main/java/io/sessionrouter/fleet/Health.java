package io.sessionrouter.fleet;

/**
 * What is known of an instance's health; an immutable value, replaced as a whole.
 *
 * <p>Its methods are the state machine: each answers what follows from one observation. Failed
 * requests are counted apart from failed checks, because an instance that breaks every request may
 * still answer its checks.
 *
 * @param state see {@link State}
 * @param bootId the container's boot id, empty if it reports none or was never reached
 * @param failedChecks consecutive active checks without a 200
 * @param refusedChecks how many of them, the latest, found nothing listening
 * @param failedRequests consecutive requests that broke before an answer
 * @param since when the state began, epoch milliseconds; 0 if it never changed
 * @param draining whether the container said, when last asked, that it wants no new work
 */
public record Health(
    State state,
    String bootId,
    int failedChecks,
    int refusedChecks,
    int failedRequests,
    long since,
    boolean draining) {

  /** Consecutive failures that decide. */
  public static final int FAILURE_THRESHOLD = 3;

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
    /**
     * Nothing listens at its address any more; {@link Incarnation} says what that means for
     * sessions.
     */
    GONE
  }

  public Health(State state, String bootId, int failures) {
    this(state, bootId, failures, 0, 0, 0, false);
  }

  /** Consecutive failures, active and passive. */
  public int failures() {
    return failedChecks + failedRequests;
  }

  /**
   * A check was answered with 200.
   *
   * @param hold how long an instance that broke requests is kept out although its checks pass
   */
  public Health checkPassed(String reported, long now, long hold) {
    boolean restarted = !bootId.isEmpty() && !bootId.equals(reported);
    boolean held = state == State.UNHEALTHY && failedRequests > 0 && now - since < hold;
    int broken = !restarted && (held || state == State.HEALTHY) ? failedRequests : 0;
    State next = held && !restarted ? State.UNHEALTHY : State.HEALTHY;
    return new Health(next, reported, 0, 0, broken, sinceOf(next, now), draining);
  }

  /** A check was not answered in time, or not with 200. */
  public Health checkFailed(long now) {
    return failed(failedChecks + 1, 0, failedRequests, now);
  }

  /** A check found nothing listening. */
  Health checkRefused(long now) {
    if (refusedChecks + 1 < FAILURE_THRESHOLD || state == State.GONE) {
      return failed(failedChecks + 1, refusedChecks + 1, failedRequests, now);
    }
    return new Health(
        State.GONE, bootId, failedChecks + 1, refusedChecks + 1, failedRequests, now, draining);
  }

  /** A request broke before it was answered. */
  Health requestFailed(long now) {
    return failed(failedChecks, refusedChecks, failedRequests + 1, now);
  }

  /**
   * Whether it is out for what it did to requests, and not for its checks: where nothing better is
   * left, it gets work all the same.
   */
  boolean ejected() {
    return state == State.UNHEALTHY && failedRequests > 0 && failedChecks < FAILURE_THRESHOLD;
  }

  /** A request was answered. */
  Health requestAnswered() {
    return failedRequests == 0
        ? this
        : new Health(state, bootId, failedChecks, refusedChecks, 0, since, draining);
  }

  /** A check was answered, and said this too. */
  Health withDraining(boolean said) {
    return said == draining
        ? this
        : new Health(state, bootId, failedChecks, refusedChecks, failedRequests, since, said);
  }

  /** What is still known when the instance is met at another address, or comes back: its boot. */
  Health elsewhere() {
    return new Health(State.UNKNOWN, bootId, 0, 0, 0, 0, false);
  }

  private Health failed(int checks, int refused, int requests, long now) {
    boolean out = state != State.GONE && checks + requests >= FAILURE_THRESHOLD;
    State next = out ? State.UNHEALTHY : state;
    return new Health(next, bootId, checks, refused, requests, sinceOf(next, now), draining);
  }

  private long sinceOf(State next, long now) {
    return next == state ? since : now;
  }
}
