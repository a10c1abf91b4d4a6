package io.sessionrouter.ops;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
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

/** Finds sessions by what people have of them. */
@Path("/v1/sessions")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Sessions")
final class SearchResource {
  private static final Pattern TEXT = Pattern.compile("[a-zA-Z0-9-]{6,256}");

  private final ManagedResources directory;
  private final SessionSearch search;

  SearchResource(ManagedResources directory, SessionSearch search) {
    this.directory = directory;
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
}
