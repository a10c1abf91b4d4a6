package io.sessionrouter.ops;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to the fleet or to the router.
 *
 * @param number counts events of this replica from 1
 * @param replaces the number of an earlier event that this one has in it; absent if there is none
 * @param text a sentence for people
 * @param endpoint that it is about; absent if it is about the router
 * @param instance that it is about; absent if it is about several or none
 */
@RegisterForReflection
@Schema(name = "Event")
@JsonInclude(JsonInclude.Include.NON_NULL)
record ConsoleEvent(
    long number,
    @Nullable Long replaces,
    Instant at,
    String text,
    @Nullable String endpoint,
    @Nullable String instance) {}
