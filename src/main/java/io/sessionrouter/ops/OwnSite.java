package io.sessionrouter.ops;

import java.net.URI;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Whether a browser sent a request for a page of this router; programs count as such pages. */
final class OwnSite {
  private static final String FETCH_SITE = "Sec-Fetch-Site";
  private static final String FETCH_MODE = "Sec-Fetch-Mode";
  private static final String NAVIGATE = "navigate";

  /** From a page of this router, or by the user's own hand. */
  private static final Set<String> OWN = Set.of("same-origin", "none");

  private OwnSite() {}

  /**
   * Browsers send the site only to servers they trust, by TLS or on this machine.
   *
   * @param header gives a header of the request; null if it has none
   */
  static boolean sent(Function<String, @Nullable String> header) {
    String site = header.apply(FETCH_SITE);
    if (site != null) {
      return OWN.contains(site);
    }
    String origin = header.apply("Origin");
    return origin == null || isAt(origin, header.apply("Host"));
  }

  /** Whether somebody follows a link: the page that has it does not see the answer. */
  static boolean followsLink(Function<String, @Nullable String> header) {
    return NAVIGATE.equals(header.apply(FETCH_MODE));
  }

  private static boolean isAt(String origin, @Nullable String host) {
    try {
      String authority = URI.create(origin).getAuthority();
      return authority != null && authority.equalsIgnoreCase(host);
    } catch (IllegalArgumentException noOrigin) {
      return false;
    }
  }
}
