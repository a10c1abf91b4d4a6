package io.sessionrouter.ops;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A session that was closed just now.
 *
 * @param confirmedByContainer whether the container said that it freed the session's state; if not,
 *     its own expiry will
 */
@Schema(name = "ClosedSession")
record ClosedView(String id, boolean confirmedByContainer) {}
