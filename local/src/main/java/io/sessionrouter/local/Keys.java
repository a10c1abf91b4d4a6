package io.sessionrouter.local;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The keys of a principal, as its owner uses them.
 *
 * @param bearerKey for clients that do not sign
 */
public record Keys(String accessKeyId, String secretAccessKey, String bearerKey) {
  /** The one that the router takes signatures for, unless it is configured otherwise. */
  static final String REGION = "us-east-1";

  private static final String ID = "AWS_ACCESS_KEY_ID";
  private static final String SECRET = "AWS_SECRET_ACCESS_KEY";
  private static final String BEARER = "BEARER_KEY";

  /** What the command of principals shows of a principal that it made. */
  static Keys shown(String json) {
    return new Keys(
        member("AccessKeyId", json), member("SecretAccessKey", json), member("BearerKey", json));
  }

  private static String member(String name, String json) {
    return found("\"" + name + "\"\\s*:\\s*\"([\\w+/=-]+)\"", name, json);
  }

  /** Reads {@link #lines}. */
  static Keys read(String text) {
    return new Keys(variable(ID, text), variable(SECRET, text), variable(BEARER, text));
  }

  private static String variable(String name, String text) {
    return found("(?m)^" + name + "=([\\w+/=-]+)$", name, text);
  }

  private static String found(String pattern, String name, String text) {
    Matcher found = Pattern.compile(pattern).matcher(text);
    if (!found.find()) {
      throw new IllegalArgumentException("no " + name);
    }
    return found.group(1);
  }

  /** Variables of an environment in which AWS's clients find the keys. */
  List<String> lines() {
    return List.of(
        ID + "=" + accessKeyId,
        SECRET + "=" + secretAccessKey,
        "AWS_DEFAULT_REGION=" + REGION,
        BEARER + "=" + bearerKey);
  }

  /** The value of {@code Authorization} for clients that do not sign. */
  public String authorization() {
    return "Bearer " + bearerKey;
  }

  /** Without what is secret. */
  @Override
  public String toString() {
    return accessKeyId;
  }
}
