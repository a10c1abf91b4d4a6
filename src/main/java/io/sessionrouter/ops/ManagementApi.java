package io.sessionrouter.ops;

import jakarta.ws.rs.core.Application;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Components;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** The management API as a whole, for its description. */
@OpenAPIDefinition(
    info =
        @Info(
            title = "Session Router management API",
            version = "v1",
            description = "Endpoints, instances and sessions of a running router."),
    components =
        @Components(
            responses =
                @APIResponse(
                    name = ApiErrors.DOCUMENTED,
                    description = "What failed, and what was expected",
                    content =
                        @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = ApiError.class)))))
public final class ManagementApi extends Application {}
