package io.sessionrouter.ops;

import io.sessionrouter.auth.Action;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.session.DrainMarks;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Takes instances out of new work and back, for operators. */
@Path("/v1/endpoints/{name}/instances/{id}/drain")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Endpoints")
final class DrainResource {
  private final ManagedResources directory;
  private final DrainMarks marks;
  private final InstanceViews views;

  DrainResource(ManagedResources directory, DrainMarks marks, InstanceViews views) {
    this.directory = directory;
    this.marks = marks;
    this.views = views;
  }

  @POST
  @Operation(
      operationId = "drainInstance",
      summary = "Begins to drain an instance: it gets no new work, its sessions go on",
      description =
          "The mark holds for every replica of the router and outlives their restarts. It belongs"
              + " to the instance's id, whichever container takes that id, until it is removed.")
  @APIResponseSchema(InstanceView.class)
  @APIResponse(responseCode = "404", ref = ApiErrors.DOCUMENTED)
  @APIResponse(responseCode = "503", ref = ApiErrors.DOCUMENTED)
  public CompletionStage<InstanceView> drain(
      @PathParam("name") String name, @PathParam("id") String id, @Context RoutingContext context) {
    ManagementCaller caller = ManagementCaller.of(context);
    String object = object(name, id);
    caller.require(Action.DRAIN, name, object);
    EndpointFleet endpoint = directory.endpoint(name);
    Member member = directory.member(endpoint, id);
    return caller
        .audited(Action.DRAIN, object, "drained", marks.mark(name, id))
        .map(marked -> views.of(endpoint, member))
        .toCompletionStage();
  }

  @DELETE
  @Operation(
      operationId = "undrainInstance",
      summary = "Ends the drain of an instance: it gets new work again",
      description = "Also for an instance that has left; nothing happens if it was not drained.")
  @APIResponse(responseCode = "204", description = "No operator drains it any more")
  @APIResponse(responseCode = "404", ref = ApiErrors.DOCUMENTED)
  @APIResponse(responseCode = "503", ref = ApiErrors.DOCUMENTED)
  public CompletionStage<Void> undrain(
      @PathParam("name") String name, @PathParam("id") String id, @Context RoutingContext context) {
    ManagementCaller caller = ManagementCaller.of(context);
    String object = object(name, id);
    caller.require(Action.DRAIN, name, object);
    directory.endpoint(name);
    return caller
        .audited(Action.DRAIN, object, "undrained", marks.unmark(name, id))
        .toCompletionStage();
  }

  private static String object(String endpoint, String instance) {
    return "endpoint/" + endpoint + "/instance/" + instance;
  }
}
