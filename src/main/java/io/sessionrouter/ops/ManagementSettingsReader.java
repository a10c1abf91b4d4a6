package io.sessionrouter.ops;

import static java.util.stream.Collectors.toUnmodifiableSet;

import io.sessionrouter.config.Keys;
import io.sessionrouter.config.Problems;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Checks what users configure of the management port. */
public final class ManagementSettingsReader {
  private static final Pattern HOST = Pattern.compile("[a-zA-Z0-9_]([-_.]*[a-zA-Z0-9_])*");

  private ManagementSettingsReader() {}

  /** The settings; what is wrong with them is noted. */
  public static ManagementSettings read(ManagementConfig config, Problems problems) {
    return new ManagementSettings(
        config.management().openMetrics(),
        config.management().hosts().orElse(List.of()).stream()
            .map(host -> host(host, problems))
            .collect(toUnmodifiableSet()));
  }

  private static String host(String host, Problems problems) {
    problems.expect(
        HOST.matcher(host.strip()).matches(),
        Keys.ROOT + ".management.hosts",
        host,
        "host names without ports, comma-separated");
    return host.strip().toLowerCase(Locale.ROOT);
  }
}
