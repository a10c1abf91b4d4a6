package io.sessionrouter.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Something that is wrong.
 *
 * @param level {@code bad} or {@code warn}
 * @param text for people, without a point
 * @param endpoint that it is about; absent if it is about the router or Redis
 * @param instance that it is about; absent if it is about several or none
 * @param since when it began; absent if that is not known, or is in the text
 */
@RegisterForReflection
@Schema(name = "Problem")
@JsonInclude(JsonInclude.Include.NON_NULL)
record Problem(
    String level,
    String text,
    @Nullable String endpoint,
    @Nullable String instance,
    @Nullable Instant since) {}
