package io.sessionrouter.domain;

/**
 * For whom sessions are looked up: to everybody but its owner a session reads like one that was
 * never there.
 *
 * @param owner the principal that asks, and that owns what it opens; empty where callers are not
 *     distinguished
 * @param any whether it sees the sessions of all others, and those that nobody owns
 */
public record Asker(String owner, boolean any) {
  /** The router itself, and everybody while callers are not distinguished. */
  public static final Asker ANYBODY = new Asker("", true);

  /** Sees its own sessions only. */
  public static Asker owner(String principal) {
    return new Asker(principal, false);
  }

  /** Whether a session of that owner exists for it. What nobody owns, no principal owns. */
  public boolean sees(String ownedBy) {
    return any || (!ownedBy.isEmpty() && ownedBy.equals(owner));
  }
}
