package io.sessionrouter.ops;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How the management API says that a request failed. */
@Schema(name = "Error")
record ApiError(
    @Schema(description = "For programs; one word", examples = "EndpointNotFound") String code,
    @Schema(description = "For people; says what was expected") String message) {}
