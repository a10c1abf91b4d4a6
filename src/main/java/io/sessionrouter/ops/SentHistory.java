package io.sessionrouter.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * The {@link TrafficHistory} as it is sent.
 *
 * @param since from when on it is complete: where there is no point there was no request
 * @param endpoints the points of each; a point is milliseconds after {@code since} up to which it
 *     is, seconds that it is of, requests that ended, how many of them failed, and the median and
 *     the slowest first byte in seconds, null if there was none
 */
@RegisterForReflection
@Schema(name = "LiveHistory")
@JsonInclude(JsonInclude.Include.ALWAYS)
record SentHistory(Instant since, Map<String, List<@Nullable Number[]>> endpoints) {}
