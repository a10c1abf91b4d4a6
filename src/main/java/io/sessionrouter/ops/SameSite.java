package io.sessionrouter.ops;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.ext.Provider;
import java.util.Set;

/**
 * Refuses what a page of another site makes a browser send: changes, and watching, of which there
 * is only so much.
 *
 * <p>Without keys the management port knows its callers by where they are, and an operator's
 * browser is in the right place whatever page it shows; with keys it has a cookie. Programs send
 * neither of the headers looked at here.
 */
@Provider
public final class SameSite implements ContainerRequestFilter {
  private static final Set<String> HARMLESS = Set.of(HttpMethod.GET, HttpMethod.HEAD);

  private final ResourceInfo resource;

  SameSite(@Context ResourceInfo resource) {
    this.resource = resource;
  }

  @Override
  public void filter(ContainerRequestContext request) {
    if (matters(request) && !OwnSite.sent(request::getHeaderString)) {
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
}
