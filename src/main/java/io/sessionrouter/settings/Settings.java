package io.sessionrouter.settings;

import io.sessionrouter.auth.AuthSettings;
import io.sessionrouter.auth.quota.QuotaSettings;
import io.sessionrouter.domain.KubernetesAccess;
import io.sessionrouter.domain.NameServers;
import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.gateway.DataPortSettings;
import io.sessionrouter.ops.DrainSettings;
import io.sessionrouter.ops.ManagementSettings;
import io.sessionrouter.session.SessionOptions;
import io.sessionrouter.telemetry.TelemetryOptions;
import io.sessionrouter.tls.ServerTlsSettings;
import io.sessionrouter.upstream.UpstreamSettings;
import java.util.HashMap;
import java.util.Map;

/** The whole configuration, read and validated once. Each room takes its own part. */
public record Settings(
    DataPortSettings http,
    ServerTlsSettings tls,
    AuthSettings auth,
    UpstreamSettings upstream,
    Map<String, EndpointSettings> endpoints,
    SessionOptions sessions,
    KubernetesAccess kubernetes,
    NameServers nameServers,
    ManagementSettings management,
    QuotaSettings quota,
    DrainSettings drain,
    TelemetryOptions telemetry) {

  /** The same with other settings of these endpoints. */
  Settings with(Map<String, EndpointSettings> changed) {
    Map<String, EndpointSettings> all = new HashMap<>(endpoints);
    all.putAll(changed);
    return new Settings(
        http,
        tls,
        auth,
        upstream,
        Map.copyOf(all),
        sessions,
        kubernetes,
        nameServers,
        management,
        quota,
        drain,
        telemetry);
  }
}
