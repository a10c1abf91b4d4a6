package io.sessionrouter.ops;

import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * How the management API says that a request failed.
 *
 * <p>Registered by hand: it is only ever the entity of a {@code Response}, which a native build
 * cannot see through.
 */
@RegisterForReflection
@Schema(name = "Error")
record ApiError(
    @Schema(description = "For programs; one word", examples = "EndpointNotFound") String code,
    @Schema(description = "For people; says what was expected") String message) {}
