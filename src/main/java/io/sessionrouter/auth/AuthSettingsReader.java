package io.sessionrouter.auth;

import io.sessionrouter.config.Keys;
import io.sessionrouter.config.Problems;
import io.sessionrouter.config.Values;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks what users configure of authentication. */
public final class AuthSettingsReader {
  private static final String KEY = Keys.ROOT + ".auth";
  private static final Pattern REGION = Pattern.compile("[a-z0-9-]{1,64}");

  private AuthSettingsReader() {}

  /** The settings; what is wrong with them is noted. */
  public static AuthSettings read(AuthConfig config, Problems problems) {
    String mode = config.authMode().orElse(null);
    boolean open = Values.NONE.equalsIgnoreCase(mode);
    problems.expect(mode == null || open, KEY, String.valueOf(mode), "none, or no value at all");
    Path file = config.authPrincipals().map(text -> path(text, problems)).orElse(null);
    problems.expect(
        !open || file == null, KEY, Values.NONE, "no value, since auth.principals is set");
    String region = config.authRegion();
    problems.expect(
        REGION.matcher(region).matches(),
        KEY + ".region",
        region,
        "lower-case letters, digits and hyphens");
    return new AuthSettings(open, file, region);
  }

  private static @Nullable Path path(String text, Problems problems) {
    try {
      return Path.of(text.strip()).toAbsolutePath();
    } catch (InvalidPathException e) {
      problems.expect(false, KEY + ".principals", text, "the path of a file");
      return null;
    }
  }
}
