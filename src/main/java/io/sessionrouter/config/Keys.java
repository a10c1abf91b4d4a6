package io.sessionrouter.config;

/** What all keys begin with. */
public final class Keys {
  /**
   * The prefix of every mapping, whatever its room, so also what environment variables are checked
   * by. Mappings of one prefix are checked together: a key that none of them has ends the start,
   * and is named once.
   */
  public static final String ROOT = "session-router";

  private Keys() {}
}
