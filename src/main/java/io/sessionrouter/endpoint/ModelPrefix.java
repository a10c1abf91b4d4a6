package io.sessionrouter.endpoint;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where the models of an endpoint lie, as users write it. */
final class ModelPrefix {
  static final String EXPECTED =
      "file:///directory, http(s)://host/path or s3://bucket/prefix, without user, query, fragment,"
          + " % and . or .. in the path";

  private ModelPrefix() {}

  /** The prefix without slashes at its end, or null if it is none. */
  static @Nullable String parse(String text) {
    try {
      URI url = new URI(text.strip());
      return isPrefix(url) ? text.strip().replaceFirst("/+$", "") : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }

  private static boolean isPrefix(URI url) {
    String path = url.getRawPath();
    return url.getScheme() != null
        && path != null
        && url.getRawUserInfo() == null
        && url.getRawQuery() == null
        && url.getRawFragment() == null
        && path.chars().noneMatch(c -> c == '%' || c > '~')
        && Arrays.stream(path.split("/")).noneMatch(s -> s.equals(".") || s.equals(".."))
        && isPlace(url, path);
  }

  private static boolean isPlace(URI url, String path) {
    return switch (url.getScheme().toLowerCase(Locale.ROOT)) {
      case "file" -> url.toString().startsWith("file:///") && path.length() > 1;
      case "http", "https" -> url.getHost() != null;
      case "s3" -> url.getRawAuthority() != null && url.getPort() < 0;
      default -> false;
    };
  }
}
