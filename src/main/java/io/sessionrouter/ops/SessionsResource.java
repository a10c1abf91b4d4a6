package io.sessionrouter.ops;

import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionCloser;
import io.sessionrouter.domain.SessionLookup;
import io.sessionrouter.domain.SessionLookup.Found;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.session.EndedSessions;
import io.sessionrouter.session.Sessions;
import io.vertx.core.Future;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response.Status;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** Single sessions, and how they are found, for operators. */
@Path("/v1/sessions")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Sessions")
final class SessionsResource {
  private static final Pattern ID = Pattern.compile("[a-zA-Z0-9-]{1,256}");
  private static final Pattern TEXT = Pattern.compile("[a-zA-Z0-9-]{6,256}");

  private final ManagedResources directory;
  private final Sessions sessions;
  private final EndedSessions ended;
  private final SessionCloser closer;
  private final SessionViews views;
  private final SessionSearch search;

  SessionsResource(
      ManagedResources directory,
      Sessions sessions,
      EndedSessions ended,
      SessionCloser closer,
      SessionViews views,
      SessionSearch search) {
    this.directory = directory;
    this.sessions = sessions;
    this.ended = ended;
    this.closer = closer;
    this.views = views;
    this.search = search;
  }

  @GET
  @Operation(
      operationId = "findSessions",
      summary = "Live sessions by a part of their id",
      description =
          "Looks through the live sessions of all endpoints. With many thousands it does not look"
              + " at all of them, and says so; one search runs at a time.")
  @APIResponseSchema(FoundSession.Found.class)
  @APIResponse(responseCode = "400", ref = ApiErrors.DOCUMENTED)
  @APIResponse(responseCode = "503", ref = ApiErrors.DOCUMENTED)
  public CompletionStage<FoundSession.Found> find(
      @Parameter(
              description =
                  "The first characters, 6 at least, of a session's id or of its hash in the logs")
          @QueryParam("search")
          @Nullable String text) {
    if (text == null || !TEXT.matcher(text).matches()) {
      throw new ApiFailure(
          Status.BAD_REQUEST,
          "InvalidRequest",
          "search: " + text + " (expected: 6 to 256 letters, digits or hyphens)");
    }
    return search.find(text, directory.endpoints()).toCompletionStage();
  }

  @GET
  @Path("/{endpoint}/{id}")
  @Operation(operationId = "getSession", summary = "A live session")
  @APIResponseSchema(SessionView.class)
  @APIResponse(responseCode = "404", ref = ApiErrors.DOCUMENTED)
  @APIResponse(responseCode = "503", ref = ApiErrors.DOCUMENTED)
  public CompletionStage<SessionView> get(
      @PathParam("endpoint") String endpoint, @PathParam("id") String id) {
    EndpointFleet of = directory.endpoint(endpoint);
    return find(endpoint, id, Status.NOT_FOUND)
        .map(session -> views.of(of, session))
        .toCompletionStage();
  }

  @DELETE
  @Path("/{endpoint}/{id}")
  @Operation(
      operationId = "closeSession",
      summary = "Closes a session, on its container too",
      description = "A session lost with its instance cannot be closed any more: 409.")
  @APIResponseSchema(ClosedView.class)
  @APIResponse(responseCode = "404", ref = ApiErrors.DOCUMENTED)
  @APIResponse(responseCode = "409", ref = ApiErrors.DOCUMENTED)
  @APIResponse(responseCode = "503", ref = ApiErrors.DOCUMENTED)
  public CompletionStage<ClosedView> close(
      @PathParam("endpoint") String endpoint, @PathParam("id") String id) {
    return find(endpoint, id, Status.CONFLICT)
        .compose(session -> close(endpoint, session))
        .toCompletionStage();
  }

  /** The store first: if it is away, nothing was done and the request can be sent again. */
  private Future<ClosedView> close(String endpoint, Session session) {
    return sessions
        .close(endpoint, session)
        .compose(
            done -> Future.fromCompletionStage(closer.close(endpoint, session)).otherwise(false))
        .map(confirmed -> new ClosedView(session.id(), confirmed));
  }

  /**
   * @param ifLost what a session is answered with that is lost with its instance
   */
  private Future<Session> find(String endpoint, String id, Status ifLost) {
    String name = directory.endpoint(endpoint).settings().name();
    Future<SessionLookup> found =
        ID.matcher(id).matches()
            ? sessions.find(name, id)
            : Future.succeededFuture(Missing.UNKNOWN);
    return found.compose(lookup -> live(name, id, lookup, ifLost));
  }

  private Future<Session> live(String endpoint, String id, SessionLookup lookup, Status ifLost) {
    return switch (lookup) {
      case Found(Session session) -> Future.succeededFuture(session);
      case Missing.UNKNOWN -> Future.failedFuture(missing(id, Missing.UNKNOWN, ifLost, null));
      case Missing why ->
          ended(endpoint, id).compose(view -> Future.failedFuture(missing(id, why, ifLost, view)));
    };
  }

  /** That it ended is known without Redis; more about it is not. */
  private Future<@Nullable EndedView> ended(String endpoint, String id) {
    return ended
        .findEnded(endpoint, id)
        .map(found -> found == null ? null : EndedView.of(id, found))
        .otherwise((EndedView) null);
  }

  private static ApiFailure missing(
      String id, Missing why, Status ifLost, @Nullable EndedView ended) {
    String session = "Session " + id + " ";
    return switch (why) {
      case UNKNOWN -> new ApiFailure(Status.NOT_FOUND, "SessionUnknown", session + "not found.");
      case EXPIRED ->
          new ApiFailure(Status.NOT_FOUND, "SessionExpired", session + "has expired.", ended);
      case CLOSED ->
          new ApiFailure(Status.NOT_FOUND, "SessionClosed", session + "is closed.", ended);
      case LOST ->
          new ApiFailure(ifLost, "SessionLost", session + "is lost: its instance is gone.", ended);
    };
  }
}
