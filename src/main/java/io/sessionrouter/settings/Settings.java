package io.sessionrouter.settings;

import io.sessionrouter.domain.KubernetesAccess;
import io.sessionrouter.domain.NameServers;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.gateway.DataPortSettings;
import io.sessionrouter.ops.DrainSettings;
import io.sessionrouter.ops.ManagementSettings;
import io.sessionrouter.session.SessionOptions;
import io.sessionrouter.telemetry.TelemetryOptions;
import io.sessionrouter.tls.ServerTlsSettings;
import io.sessionrouter.upstream.UpstreamSettings;

/** The whole configuration, read and validated once. Each room takes its own part. */
public record Settings(
    DataPortSettings http,
    ServerTlsSettings tls,
    UpstreamSettings upstream,
    EndpointCatalog catalog,
    SessionOptions sessions,
    KubernetesAccess kubernetes,
    NameServers nameServers,
    ManagementSettings management,
    DrainSettings drain,
    TelemetryOptions telemetry) {}
