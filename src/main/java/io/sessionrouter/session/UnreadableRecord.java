package io.sessionrouter.session;

/**
 * A record in Redis that this version of the router did not write, or that was damaged.
 *
 * <p>Its message does not repeat the record, which may name who owns the session.
 */
final class UnreadableRecord extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadableRecord(String why) {
    super(why, null, false, false);
  }
}
