package io.sessionrouter.container.host;

import io.sessionrouter.container.config.ModelConfig;
import io.sessionrouter.container.session.SessionDirectory;
import io.sessionrouter.container.telemetry.ContainerMetrics;
import io.sessionrouter.container.telemetry.ModelMeters;
import java.time.InstantSource;
import java.util.OptionalLong;

/**
 * With what a model is served.
 *
 * @param name its name in logs
 * @param directory the ids of all sessions
 * @param sessionBytes what its sessions may hold; half of the free memory if empty
 */
record ModelSetup(
    String name,
    ModelConfig config,
    InstantSource clock,
    ContainerMetrics metrics,
    ModelMeters meters,
    SessionDirectory directory,
    OptionalLong sessionBytes) {}
