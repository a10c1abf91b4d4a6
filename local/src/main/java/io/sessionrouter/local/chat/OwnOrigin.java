package io.sessionrouter.local.chat;

import java.util.Set;
import java.util.regex.Pattern;

/**
 * Distinguishes the page's own requests from those that another site makes a browser send.
 *
 * <p>Whatever calls without a browser may do so: it could call the router itself.
 */
final class OwnOrigin {
  /** A name that another site can point to this machine is not among them. */
  private static final Pattern LOOPBACK =
      Pattern.compile("(?i)(127\\.0\\.0\\.1|localhost|\\[::1])(:\\d{1,5})?");

  private static final Set<String> OTHER_SITES = Set.of("cross-site", "same-site");

  private OwnOrigin() {}

  static void require(RequestHead head) throws Refusal {
    String host = head.header("host");
    if (!LOOPBACK.matcher(host).matches()) {
      throw Refusal.foreign(
          "The chat page is for this machine only (expected: 127.0.0.1 or localhost as the host).");
    }
    if (otherOrigin(head, host) || (otherSite(head) && !navigation(head))) {
      throw otherSite();
    }
  }

  /** Refuses links on other sites, too: the answer gives the browser something. */
  static void requireOwnPage(RequestHead head) throws Refusal {
    require(head);
    if (otherSite(head)) {
      throw otherSite();
    }
  }

  private static Refusal otherSite() {
    return Refusal.foreign("The request comes from another site (expected: from the chat page).");
  }

  private static boolean otherOrigin(RequestHead head, String host) {
    String origin = head.header("origin");
    return !origin.isEmpty() && !origin.equalsIgnoreCase("http://" + host);
  }

  private static boolean otherSite(RequestHead head) {
    return OTHER_SITES.contains(head.header("sec-fetch-site"));
  }

  /** A link on another site may lead a person here. */
  private static boolean navigation(RequestHead head) {
    return head.method().equals("GET")
        && head.header("sec-fetch-mode").equals("navigate")
        && head.header("sec-fetch-dest").equals("document");
  }
}
