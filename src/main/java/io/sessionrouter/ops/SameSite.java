package io.sessionrouter.ops;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.ext.Provider;
import java.net.URI;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what a page of another site makes a browser send: changes, and watching, of which there
 * is only so much.
 *
 * <p>The management port knows its callers by where they are, and an operator's browser is in the
 * right place whatever page it shows. Programs send neither of the headers looked at here.
 */
@Provider
public final class SameSite implements ContainerRequestFilter {
  private static final String FETCH_SITE = "Sec-Fetch-Site";

  /** From a page of this router, or by the user's own hand. */
  private static final Set<String> OWN = Set.of("same-origin", "none");

  private static final Set<String> HARMLESS = Set.of(HttpMethod.GET, HttpMethod.HEAD);

  private final ResourceInfo resource;

  SameSite(@Context ResourceInfo resource) {
    this.resource = resource;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (matters(request) && !isOwn(request)) {
      throw new ApiFailure(
          Status.FORBIDDEN,
          "CrossSiteRequest",
          "A page of another site sent this (expected: one of this router).");
    }
  }

  /** By what was found for the path, of which there are many ways to write one. */
  private boolean matters(ContainerRequestContext request) {
    return !HARMLESS.contains(request.getMethod())
        || ConsoleFeedResource.class.equals(resource.getResourceClass());
  }

  /** Browsers send the site only to servers they trust, by TLS or on this machine. */
  private static boolean isOwn(ContainerRequestContext request) {
    String site = request.getHeaderString(FETCH_SITE);
    if (site != null) {
      return OWN.contains(site);
    }
    String origin = request.getHeaderString("Origin");
    return origin == null || isAt(origin, request.getHeaderString(HttpHeaders.HOST));
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
