package io.sessionrouter.auth.signature;

import io.sessionrouter.domain.RouterException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…}. */
final class AuthorizationHeader {
  static final String ALGORITHM = "AWS4-HMAC-SHA256";

  /** What the algorithms of all signatures begin with. */
  static final String FAMILY = "AWS4-";

  private final String text;
  private final String algorithm;
  private @Nullable String credential;
  private @Nullable String signedHeaders;
  private @Nullable String signature;

  private AuthorizationHeader(String text) {
    this.text = text;
    int at = end(text, 0);
    this.algorithm = text.substring(0, at);
    while (at < text.length()) {
      int end = end(text, at);
      if (end > at) {
        parameter(text.substring(at, end));
      }
      at = Math.max(end, at + 1);
    }
  }

  /** Reads what can be read; {@link #requireComplete} shows what is missing. */
  static AuthorizationHeader parse(String text) {
    return new AuthorizationHeader(text);
  }

  /** Where the next separator is. */
  private static int end(String text, int from) {
    int at = from;
    while (at < text.length() && !separates(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean separates(char c) {
    return c == ',' || c == ' ' || c == '\t';
  }

  private void parameter(String pair) {
    int equals = pair.indexOf('=');
    if (equals < 0) {
      throw Refusals.incomplete(
          "'"
              + pair
              + "' not a valid key=value pair (missing equal-sign) in Authorization header: '"
              + text
              + "'.");
    }
    String value = pair.substring(equals + 1);
    switch (pair.substring(0, equals)) {
      case "Credential" -> credential = first("Credential", credential, value);
      case "SignedHeaders" -> signedHeaders = first("SignedHeaders", signedHeaders, value);
      case "Signature" -> signature = first("Signature", signature, value);
      default -> {
        // AWS ignores what it does not know.
      }
    }
  }

  private String first(String name, @Nullable String former, String value) {
    if (former != null) {
      throw Refusals.incomplete(
          "Authorization header has more than one '" + name + "' parameter. " + shown());
    }
    return value;
  }

  private String shown() {
    return "Authorization=" + text;
  }

  /**
   * Refuses a header of which a part is missing.
   *
   * @param dated whether the request has a date
   */
  void requireComplete(boolean dated) {
    StringBuilder missing = new StringBuilder();
    require(credential, "Credential", missing);
    require(signature, "Signature", missing);
    require(signedHeaders, "SignedHeaders", missing);
    if (!dated) {
      missing.append(
          "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
    }
    if (!missing.isEmpty()) {
      throw Refusals.incomplete(missing + shown());
    }
  }

  private static void require(@Nullable String value, String name, StringBuilder missing) {
    if (value == null || value.isEmpty()) {
      missing.append("Authorization header requires '").append(name).append("' parameter. ");
    }
  }

  void requireAlgorithm() {
    if (!algorithm.equals(ALGORITHM)) {
      throw unsupported(algorithm);
    }
  }

  static RouterException unsupported(String algorithm) {
    return Refusals.incomplete(
        "Unsupported AWS 'algorithm': '" + algorithm + "' (only " + ALGORITHM + " for now). ");
  }

  /** Of a complete header, as all that follows. */
  String credential() {
    return Objects.requireNonNull(credential);
  }

  String signedHeaders() {
    return Objects.requireNonNull(signedHeaders);
  }

  String signature() {
    return Objects.requireNonNull(signature);
  }
}
