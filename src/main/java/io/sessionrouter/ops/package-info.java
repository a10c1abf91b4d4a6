/**
 * For the people who run the router: the management API, the console, readiness, drain and start-up
 * checks.
 *
 * <p>All of it is served on the management port by Quarkus: {@code /v1}, described at {@code
 * /q/openapi}, beside {@code /q/health} and {@code /q/metrics}. The console is a page of static
 * resources; it lives on that API, and on {@code /v1/live}, which sends it once a second what
 * happens.
 */
@NullMarked
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
                    name = ApiError.NAME,
                    description = "What failed, and what was expected",
                    content =
                        @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = ApiError.class)))))
package io.sessionrouter.ops;

import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Components;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jspecify.annotations.NullMarked;
