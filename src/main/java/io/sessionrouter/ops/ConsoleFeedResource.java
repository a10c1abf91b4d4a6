package io.sessionrouter.ops;

import io.sessionrouter.auth.Action;
import io.smallrye.mutiny.Multi;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestStreamElementType;

/** What this replica does, once a second, for as long as somebody watches. */
@Path("/v1/live")
@Tag(name = "Live")
final class ConsoleFeedResource {
  private final ConsoleFeed feed;

  ConsoleFeedResource(ConsoleFeed feed) {
    this.feed = feed;
  }

  @GET
  @Produces(MediaType.SERVER_SENT_EVENTS)
  @RestStreamElementType(MediaType.TEXT_PLAIN)
  @Operation(
      operationId = "watch",
      summary = "Fleet, traffic and Redis as this replica sees them, once a second",
      description =
          "Server-sent events; the data of each is a LiveSnapshot. The first is whole; the others"
              + " have only the endpoints that changed since the one before. Who reads slowly"
              + " misses some, never gets an old one late, and gets a whole one then.")
  @APIResponse(
      responseCode = "200",
      description = "One event a second, until the router is about to end",
      content =
          @Content(
              mediaType = MediaType.SERVER_SENT_EVENTS,
              schema = @Schema(implementation = ConsoleSnapshot.class)))
  @APIResponse(responseCode = "403", ref = ApiErrors.DOCUMENTED)
  @APIResponse(responseCode = "503", ref = ApiErrors.DOCUMENTED)
  public Multi<String> watch(@Context HttpServerRequest request, @Context RoutingContext context) {
    ManagementCaller.of(context).require(Action.READ_FLEET, null);
    ManagementConnection.watches(((ConnectionBase) request.connection()).channel());
    return feed.watch(() -> request.connection().close());
  }
}
