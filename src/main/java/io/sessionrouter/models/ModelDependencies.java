package io.sessionrouter.models;

import io.sessionrouter.container.ModelApi;
import io.sessionrouter.domain.LoadMarks;
import io.sessionrouter.domain.ModelsInUse;
import io.sessionrouter.fleet.Member;
import io.sessionrouter.telemetry.ModelMeters;
import java.time.InstantSource;
import java.util.function.Consumer;

/**
 * What all endpoints' models share.
 *
 * @param inUse which models have sessions, of any replica
 * @param unreachable is called with members that a connection was refused by
 * @param marks what replicas know of each other's loads
 * @param pauses between two attempts
 */
record ModelDependencies(
    ModelApi api,
    ModelsInUse inUse,
    ModelMeters meters,
    InstantSource clock,
    Consumer<Member> unreachable,
    LoadMarks marks,
    Delay pauses) {}
