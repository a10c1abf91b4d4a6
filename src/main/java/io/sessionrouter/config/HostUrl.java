package io.sessionrouter.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A server's address as users write it: scheme, host and port, and nothing else. */
public final class HostUrl {
  /** What {@link #parse} understands. */
  public static final String EXPECTED = "http:// or https://, a host, and optionally a port";

  private static final int MAX_PORT = 65535;

  private HostUrl() {}

  /** The address with scheme and host in lower case, or null if it is none. */
  public static @Nullable URI parse(String text) {
    try {
      URI url = new URI(text.strip());
      return isAddress(url) ? normal(url) : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  /** What may be shown of a text that is none: never a password. */
  public static String shown(String text) {
    return text.strip().replaceFirst("//[^/]*@", "//***@");
  }

  private static boolean isAddress(URI url) {
    return isWeb(url.getScheme())
        && url.getHost() != null
        && url.getPort() != 0
        && url.getPort() <= MAX_PORT
        && !url.getRawAuthority().endsWith(":")
        && url.getRawUserInfo() == null
        && (url.getRawPath().isEmpty() || url.getRawPath().equals("/"))
        && url.getRawQuery() == null
        && url.getRawFragment() == null;
  }

  private static boolean isWeb(@Nullable String scheme) {
    return "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
  }

  private static URI normal(URI url) throws URISyntaxException {
    String scheme = url.getScheme().toLowerCase(Locale.ROOT);
    String host = url.getHost().toLowerCase(Locale.ROOT);
    return new URI(scheme, null, host, url.getPort(), null, null, null);
  }
}
