package io.sessionrouter.gateway;

import io.sessionrouter.container.ContainerRequest;
import io.sessionrouter.container.RequestHeader;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import io.sessionrouter.endpoint.EndpointSettings;
import org.jspecify.annotations.Nullable;

/**
 * The model a request names: a path below its endpoint's prefix, which it may not leave.
 *
 * <p>Whoever resolves the path may decode and normalize it; so nothing is let through that could
 * become a step upwards, another place, or the end of the path.
 */
final class TargetModel {
  private static final String EXPECTED =
      "a path below the endpoint's models, such as facts-v2.tar.gz or team/facts.tar.gz, of"
          + " printable ASCII characters, without . and .. and empty parts, and none of \\ % ? #"
          + " nor a scheme";

  private TargetModel() {}

  /**
   * The model, or null on an endpoint that has one only.
   *
   * @throws RouterException if it is missing, or given where there is nothing to choose, or
   *     malformed
   */
  static @Nullable String of(EndpointSettings endpoint, ContainerRequest request) {
    String target = request.value(RequestHeader.TARGET_MODEL);
    if (endpoint.models() == null) {
      return none(target);
    }
    if (target == null) {
      throw invalid(
          "TargetModel is missing, and the endpoint serves many models",
          "in the header " + RequestHeader.TARGET_MODEL.headerName() + ", " + EXPECTED);
    }
    String path = withoutRoot(target, request);
    if (!staysBelow(path)) {
      throw invalid("The TargetModel is invalid", EXPECTED);
    }
    return path;
  }

  /** The SageMaker SDK's {@code list_models} names every model with a slash before it. */
  private static String withoutRoot(String target, ContainerRequest request) {
    if (!target.startsWith("/")) {
      return target;
    }
    String path = target.substring(1);
    request.replace(RequestHeader.TARGET_MODEL, path);
    return path;
  }

  /** A target model on an endpoint that has one model would be ignored in silence. */
  private static @Nullable String none(@Nullable String target) {
    if (target != null) {
      throw invalid(
          "TargetModel is given, but the endpoint serves a single model",
          "no " + RequestHeader.TARGET_MODEL.headerName() + " header");
    }
    return null;
  }

  static boolean staysBelow(String target) {
    int partBegin = 0;
    boolean scheme = true;
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c == '/') {
        if (!isName(target, partBegin, i)) {
          return false;
        }
        partBegin = i + 1;
      } else if ((c == ':' && scheme) || !isAllowed(c)) {
        return false;
      }
      scheme &= c != '/';
    }
    return isName(target, partBegin, target.length()) && target.charAt(0) != ' ';
  }

  private static boolean isAllowed(char c) {
    return c >= ' ' && c <= '~' && c != '\\' && c != '%' && c != '?' && c != '#';
  }

  /** Not empty, and neither this directory nor the one above; spaces may get lost on the way. */
  private static boolean isName(String target, int begin, int end) {
    String part = target.substring(begin, end).strip();
    return !part.isEmpty() && !part.equals(".") && !part.equals("..");
  }

  private static RouterException invalid(String what, String expected) {
    return new RouterException(
        FailureKind.INVALID_REQUEST, what + " (expected: " + expected + ").");
  }
}
