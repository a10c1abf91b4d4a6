package io.sessionrouter.tls;

import io.sessionrouter.config.Keys;
import io.sessionrouter.config.Problems;

/** Checks what users configure of TLS towards clients. */
public final class ServerTlsSettingsReader {
  private ServerTlsSettingsReader() {}

  /** The settings; what is wrong with them is noted. */
  public static ServerTlsSettings read(ServerTlsConfig config, Problems problems) {
    ServerTlsConfig.Http http = config.http();
    String name = http.tlsConfigurationName().orElse(null);
    problems.expect(
        name != null || !http.clientAuth(),
        Keys.ROOT + ".http.client-auth",
        "required",
        "none, since tls-configuration-name is none");
    return new ServerTlsSettings(name, http.clientAuth());
  }
}
