package io.sessionrouter.settings;

import io.sessionrouter.auth.AuthSettings;
import io.sessionrouter.config.Keys;
import io.sessionrouter.config.Problems;
import io.sessionrouter.gateway.DataPortSettings;
import io.smallrye.config.SmallRyeConfig;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Whether ports that others reach may be open to everybody: only if somebody wrote so. */
final class OpenPorts {
  private static final String MANAGEMENT_HOST = "quarkus.http.host";

  private OpenPorts() {}

  static void check(
      AuthSettings auth, DataPortSettings data, SmallRyeConfig config, Problems problems) {
    if (auth.on() || auth.open()) {
      return;
    }
    String management = config.getOptionalValue(MANAGEMENT_HOST, String.class).orElse("localhost");
    require(Keys.ROOT + ".http.host", data.host(), problems);
    require(MANAGEMENT_HOST, management, problems);
  }

  private static void require(String key, String host, Problems problems) {
    problems.expect(
        isLoopback(host),
        Keys.ROOT + ".auth",
        "not set, and " + key + " is " + host,
        "session-router.auth.principals, a file of who may call; or none, which lets everybody do"
            + " everything; or ports on loopback only");
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
