package io.sessionrouter.ops;

import io.sessionrouter.auth.Action;
import io.sessionrouter.domain.Asker;
import io.sessionrouter.domain.Session;
import io.sessionrouter.domain.SessionCloser;
import io.sessionrouter.domain.SessionLookup;
import io.sessionrouter.domain.SessionLookup.Found;
import io.sessionrouter.domain.SessionLookup.Missing;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.session.EndedSessions;
import io.sessionrouter.session.Sessions;
import io.sessionrouter.telemetry.LogFields;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
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
          @Nullable String text,
      @Context RoutingContext context) {
    if (text == null || !TEXT.matcher(text).matches()) {
      throw new ApiFailure(
          Status.BAD_REQUEST,
          "InvalidRequest",
          "search: " + text + " (expected: 6 to 256 letters, digits or hyphens)");
    }
    ManagementCaller caller = ManagementCaller.of(context);
    return search
        .find(text, caller.readable(directory.endpoints()), caller::asker)
        .toCompletionStage();
  }

  @GET
  @Path("/{endpoint}/{id}")
  @Operation(operationId = "getSession", summary = "A live session")
  @APIResponseSchema(SessionView.class)
  @APIResponse(responseCode = "404", ref = ApiErrors.DOCUMENTED)
  @APIResponse(responseCode = "503", ref = ApiErrors.DOCUMENTED)
  public CompletionStage<SessionView> get(
      @PathParam("endpoint") String endpoint,
      @PathParam("id") String id,
      @Context RoutingContext context) {
    ManagementCaller caller = ManagementCaller.of(context);
    caller.require(Action.READ_SESSIONS, endpoint, object(endpoint, id));
    EndpointFleet of = directory.endpoint(endpoint);
    return find(endpoint, id, caller.asker(endpoint), Status.NOT_FOUND)
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
      @PathParam("endpoint") String endpoint,
      @PathParam("id") String id,
      @Context RoutingContext context) {
    ManagementCaller caller = ManagementCaller.of(context);
    String object = object(endpoint, id);
    caller.require(Action.CLOSE_SESSIONS, endpoint, object);
    return caller
        .audited(
            Action.CLOSE_SESSIONS,
            object,
            "closed",
            find(endpoint, id, caller.asker(endpoint), Status.CONFLICT)
                .compose(session -> close(endpoint, session)))
        .toCompletionStage();
  }

  /** As the audit log names a session: who has its id may act as it. */
  private static String object(String endpoint, String id) {
    return "endpoint/" + endpoint + "/session/" + LogFields.hash(id);
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
  private Future<Session> find(String endpoint, String id, Asker asker, Status ifLost) {
    String name = directory.endpoint(endpoint).settings().name();
    Future<SessionLookup> found =
        ID.matcher(id).matches()
            ? sessions.find(name, id, asker)
            : Future.succeededFuture(Missing.UNKNOWN);
    return found.compose(lookup -> live(name, id, asker, lookup, ifLost));
  }

  private Future<Session> live(
      String endpoint, String id, Asker asker, SessionLookup lookup, Status ifLost) {
    return switch (lookup) {
      case Found(Session session) -> Future.succeededFuture(session);
      case Missing.UNKNOWN -> Future.failedFuture(missing(id, Missing.UNKNOWN, ifLost, null));
      case Missing why ->
          ended(endpoint, id, asker)
              .compose(view -> Future.failedFuture(missing(id, why, ifLost, view)));
    };
  }

  /** That it ended is known without Redis; more about it is not. */
  private Future<@Nullable EndedView> ended(String endpoint, String id, Asker asker) {
    return ended
        .findEnded(endpoint, id, asker)
        .map(found -> found == null ? null : EndedView.of(id, found))
        .otherwise((EndedView) null);
  }

  private static ApiFailure missing(
      String id, Missing why, Status ifLost, @Nullable EndedView ended) {
    Status status = why == Missing.LOST ? ifLost : Status.NOT_FOUND;
    return new ApiFailure(status, code(why), why.sentence(id) + ".", ended);
  }

  private static String code(Missing why) {
    return switch (why) {
      case UNKNOWN -> "SessionUnknown";
      case EXPIRED -> "SessionExpired";
      case CLOSED -> "SessionClosed";
      case LOST -> "SessionLost";
    };
  }
}
