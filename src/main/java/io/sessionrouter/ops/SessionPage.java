package io.sessionrouter.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Some of an endpoint's live sessions.
 *
 * @param cursor asks for the next page; absent on the last
 */
@Schema(name = "SessionPage")
@JsonInclude(JsonInclude.Include.NON_NULL)
record SessionPage(List<SessionView> sessions, @Nullable String cursor) {}
