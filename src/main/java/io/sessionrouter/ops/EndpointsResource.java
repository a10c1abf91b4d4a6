package io.sessionrouter.ops;

import io.sessionrouter.auth.Action;
import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.Instance;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.session.SessionListing;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response.Status;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Endpoints, their instances and their sessions, for operators. */
@Path("/v1/endpoints")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Endpoints")
final class EndpointsResource {
  private static final int DEFAULT_LIMIT = 100;

  private final ManagedResources directory;
  private final SessionPages pages;
  private final InstanceViews views;
  private final SessionViews sessions;

  EndpointsResource(
      ManagedResources directory, SessionPages pages, InstanceViews views, SessionViews sessions) {
    this.directory = directory;
    this.pages = pages;
    this.views = views;
    this.sessions = sessions;
  }

  @GET
  @Operation(operationId = "listEndpoints", summary = "All endpoints")
  public List<EndpointView> endpoints(@Context RoutingContext context) {
    ManagementCaller caller = ManagementCaller.of(context);
    List<EndpointFleet> all = directory.endpoints();
    List<EndpointFleet> readable =
        all.stream().filter(endpoint -> caller.may(Action.READ_FLEET, endpoint)).toList();
    if (readable.isEmpty()) {
      caller.require(Action.READ_FLEET, null);
    }
    return readable.stream().map(EndpointView::of).toList();
  }

  @GET
  @Path("/{name}/instances")
  @Operation(
      operationId = "listInstances",
      summary = "An endpoint's instances, their health and their models")
  @APIResponseSchema(InstanceView[].class)
  @APIResponse(responseCode = "404", ref = ApiErrors.DOCUMENTED)
  public List<InstanceView> instances(
      @PathParam("name") String name, @Context RoutingContext context) {
    ManagementCaller.of(context).require(Action.READ_FLEET, name);
    EndpointFleet endpoint = directory.endpoint(name);
    return endpoint.members().stream().map(member -> views.of(endpoint, member)).toList();
  }

  @GET
  @Path("/{name}/sessions")
  @Operation(operationId = "listSessions", summary = "An endpoint's live sessions, page by page")
  @APIResponseSchema(SessionPage.class)
  @APIResponse(responseCode = "400", ref = ApiErrors.DOCUMENTED)
  @APIResponse(responseCode = "404", ref = ApiErrors.DOCUMENTED)
  @APIResponse(responseCode = "503", ref = ApiErrors.DOCUMENTED)
  public CompletionStage<SessionPage> sessions(
      @PathParam("name") String name,
      @Parameter(description = "Only those of this instance") @QueryParam("instance")
          @Nullable String instance,
      @Parameter(
              description = "Sessions on the page",
              schema =
                  @Schema(
                      type = SchemaType.INTEGER,
                      minimum = "1",
                      maximum = "1000",
                      defaultValue = "100"))
          @QueryParam("limit")
          @Nullable String limit,
      @Parameter(
              description =
                  "Only those not used for so long, as an ISO 8601 duration: PT5M. A page may be"
                      + " short; its cursor leads on")
          @QueryParam("idle")
          @Nullable String idle,
      @Parameter(description = "Of the page before") @QueryParam("cursor") @Nullable String cursor,
      @Context RoutingContext context) {
    ManagementCaller caller = ManagementCaller.of(context);
    caller.require(Action.READ_SESSIONS, name);
    Asker asker = caller.asker(name);
    EndpointFleet endpoint = directory.endpoint(name);
    List<String> instances = instances(endpoint, instance);
    return pages
        .list(new SessionPages.Query(name, instances, asker, limit(limit), cursor, idle(idle)))
        .map(page -> sessions.of(endpoint, page))
        .toCompletionStage();
  }

  private List<String> instances(EndpointFleet endpoint, @Nullable String only) {
    List<Member> members =
        only == null ? endpoint.members() : List.of(directory.member(endpoint, only));
    return members.stream().map(Member::instance).map(Instance::id).sorted().toList();
  }

  private static int limit(@Nullable String text) {
    if (text == null) {
      return DEFAULT_LIMIT;
    }
    int limit = number(text);
    if (limit < 1 || limit > SessionListing.MAX_LIMIT) {
      throw new ApiFailure(
          Status.BAD_REQUEST,
          "InvalidRequest",
          "limit: " + text + " (expected: 1 to " + SessionListing.MAX_LIMIT + ")");
    }
    return limit;
  }

  private static @Nullable Duration idle(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw new ApiFailure(
          Status.BAD_REQUEST,
          "InvalidRequest",
          "idle: " + text + " (expected: a duration like PT5M)");
    }
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
