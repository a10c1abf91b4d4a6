package io.sessionrouter.fleet;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the address of a name server, which cannot be a name itself. */
final class NameServerAddress {
  static final String EXPECTED = "an IP address, as 10.0.0.10, 10.0.0.10:8600 or [fd00::10]:8600";
  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9a-fA-F:.]+)]|([0-9.]+))(?::([0-9]{1,5}))?");
  private static final int DNS_PORT = 53;
  private static final int MAX_PORT = 65535;

  private NameServerAddress() {}

  /** Null if it is none. */
  static @Nullable InetSocketAddress parse(String value) {
    Matcher parts = FORM.matcher(value.strip());
    if (!parts.matches()) {
      return null;
    }
    String six = parts.group(1);
    String port = parts.group(3);
    return address(
        six == null ? parts.group(2) : six, port == null ? DNS_PORT : Integer.parseInt(port));
  }

  private static @Nullable InetSocketAddress address(@Nullable String host, int port) {
    if (host == null || port < 1 || port > MAX_PORT) {
      return null;
    }
    try {
      return new InetSocketAddress(InetAddress.ofLiteral(host), port);
    } catch (IllegalArgumentException noAddress) {
      return null;
    }
  }
}
