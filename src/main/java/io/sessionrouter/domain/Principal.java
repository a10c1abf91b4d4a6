package io.sessionrouter.domain;

/**
 * Who called.
 *
 * @param name unique among all principals; empty where callers are not distinguished
 */
public record Principal(String name) {
  /** Who calls where callers are not distinguished. */
  public static final Principal ANYBODY = new Principal("");

  /** The account in all ARNs of this router: it has no other. */
  public static final String ACCOUNT = "000000000000";

  /** How AWS would call it. */
  public String arn() {
    return "arn:aws:iam::" + ACCOUNT + ":user/" + name;
  }
}
