package io.sessionrouter.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * How the management API says that a request failed.
 *
 * <p>Registered by hand: it is only ever the entity of a {@code Response}, which a native build
 * cannot see through.
 */
@RegisterForReflection
@Schema(name = ApiError.NAME)
record ApiError(
    @Schema(description = "For programs; one word", examples = "EndpointNotFound") String code,
    @Schema(description = "For people; says what was expected") String message,
    @Schema(description = "Of a session that ended: what is remembered of it")
        @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable EndedView session) {

  /** In the API's description. */
  static final String NAME = "Error";

  ApiError(String code, String message) {
    this(code, message, null);
  }
}
