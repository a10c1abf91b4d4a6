package io.sessionrouter.container;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the head of an answer to a health check means. */
final class PingAnswer {
  static final String BOOT_ID = BootId.HEADER.toString();
  static final String DRAINING = "X-Session-Router-Draining";
  private static final Pattern NAME = Pattern.compile("(?:^|[\\s;,])instance=([!-~&&[^;,]]{1,64})");
  private static final int MAX_BOOT_ID = 64;

  private PingAnswer() {}

  /**
   * A draining container answers 503, so that Kubernetes takes it out of its Service too; the
   * header distinguishes it from one that is broken.
   */
  static CheckResult judge(Call.Answer head) {
    boolean draining = "true".equalsIgnoreCase(head.headers().get(DRAINING));
    int status = head.status();
    if (status != ContainerContract.OK && !(draining && status == ContainerContract.UNAVAILABLE)) {
      return new CheckResult.Failed("status " + status);
    }
    String bootId = head.headers().get(BOOT_ID);
    if (bootId != null && !isBootId(bootId)) {
      return new CheckResult.Failed(BOOT_ID + " is not 1 to 64 visible ASCII characters");
    }
    return new CheckResult.Passed(bootId == null ? "" : bootId, name(head), draining);
  }

  /** For people only: what is no name is none. */
  private static String name(Call.Answer head) {
    String attributes = head.headers().get(RequestHeader.CUSTOM_ATTRIBUTES.headerName());
    Matcher found = attributes == null ? null : NAME.matcher(attributes);
    return found != null && found.find() ? found.group(1) : "";
  }

  private static boolean isBootId(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_BOOT_ID
        && text.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }
}
