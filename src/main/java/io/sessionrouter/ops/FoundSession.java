package io.sessionrouter.ops;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A session that a search found, and its endpoint. */
@Schema(name = "FoundSession")
record FoundSession(String endpoint, SessionView session) {

  /**
   * What a search found.
   *
   * @param complete whether all live sessions were looked at, and all that were found are here
   */
  @Schema(name = "FoundSessions")
  record Found(List<FoundSession> sessions, boolean complete) {}
}
