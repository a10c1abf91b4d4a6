package io.sessionrouter.auth.signature;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.sessionrouter.domain.RouterException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * SageMaker's token for clients that cannot sign: a signed URL of {@value #HOST}, whatever server
 * it is sent to, with a time of its own.
 *
 * <p>Its last parameter is appended after signing, so it is not signed.
 */
final class UrlToken {
  static final String PREFIX = "sagemaker-api-key-";
  private static final String HOST = "sagemaker.amazonaws.com";
  private static final String ACTION = "CallWithBearerToken";
  private static final int MAX_SECONDS = 43_200;
  private static final int MAX_DIGITS = 5;
  private static final Set<String> UNSIGNED = Set.of("X-Amz-Signature", "Version");
  private static final byte[] NO_BODY = Sha256.of(new byte[0]);

  private final SigningScope scope;
  private final InstantSource clock;
  private final SigningKeys signingKeys;

  UrlToken(SigningScope scope, InstantSource clock, SigningKeys signingKeys) {
    this.scope = scope;
    this.clock = clock;
    this.signingKeys = signingKeys;
  }

  AccessKey verify(String token, AccessKeys keys) throws RouterException {
    String query = query(token.substring(PREFIX.length()));
    Map<String, String> parameters = parameters(query);
    requireComplete(parameters);
    SigningDate date = SigningDate.parse(parameters.getOrDefault("X-Amz-Date", ""));
    if (!AuthorizationHeader.ALGORITHM.equals(parameters.getOrDefault("X-Amz-Algorithm", ""))) {
      throw AuthorizationHeader.unsupported(parameters.getOrDefault("X-Amz-Algorithm", ""));
    }
    Credential credential = Credential.parse(parameters.getOrDefault("X-Amz-Credential", ""));
    Instant now = clock.instant();
    date.requireWithin(validity(parameters.getOrDefault("X-Amz-Expires", "")), now);
    if (!"host".equals(parameters.get("X-Amz-SignedHeaders"))) {
      throw Refusals.invalid("'X-Amz-SignedHeaders' of a bearer token must be 'host'.");
    }
    scope.require(credential);
    date.requireDay(credential.day());
    AccessKey key = KeyCheck.key(keys, credential, parameters.get("X-Amz-Security-Token"), now);
    new CanonicalRequest(
            head(query),
            date,
            credential,
            signingKeys.of(key, credential),
            KeyCheck.signature(parameters.getOrDefault("X-Amz-Signature", "")))
        .verify(NO_BODY);
    return key;
  }

  private static String query(String encoded) {
    String url;
    try {
      url = new String(Base64.getDecoder().decode(encoded), ISO_8859_1);
    } catch (IllegalArgumentException e) {
      throw Refusals.unknownKey();
    }
    if (!url.startsWith(HOST + "/?")) {
      throw Refusals.unknownKey();
    }
    return url.substring(HOST.length() + 2);
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new HashMap<>();
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : UriText.decoded(pair, equals + 1, pair.length());
      if (parameters.put(name, value) != null) {
        throw Refusals.incomplete(
            "AWS query-string parameters must include '" + name + "' only once.");
      }
    }
    return parameters;
  }

  private static void requireComplete(Map<String, String> parameters) {
    StringBuilder missing = new StringBuilder();
    for (String name :
        new String[] {
          "X-Amz-Algorithm",
          "X-Amz-Credential",
          "X-Amz-Signature",
          "X-Amz-SignedHeaders",
          "X-Amz-Date",
          "X-Amz-Expires"
        }) {
      String value = parameters.get(name);
      if (value == null || value.isEmpty()) {
        missing.append("AWS query-string parameters must include '").append(name).append("'. ");
      }
    }
    if (!missing.isEmpty()) {
      throw Refusals.incomplete(missing + "Re-examine the query-string parameters.");
    }
    if (!ACTION.equals(parameters.get("Action"))) {
      throw Refusals.incomplete("'Action' of a bearer token must be '" + ACTION + "'.");
    }
  }

  private static Duration validity(String seconds) {
    boolean number =
        seconds.length() <= MAX_DIGITS && seconds.chars().allMatch(c -> c >= '0' && c <= '9');
    int value = number ? Integer.parseInt(seconds) : 0;
    if (value < 1 || value > MAX_SECONDS) {
      throw Refusals.incomplete(
          "'X-Amz-Expires' must be a number of seconds from 1 to "
              + MAX_SECONDS
              + ", got '"
              + seconds
              + "'.");
    }
    return Duration.ofSeconds(value);
  }

  private static String head(String query) {
    StringBuilder canonical = new StringBuilder("POST\n/\n");
    CanonicalQuery.append(canonical, query, UNSIGNED);
    return canonical.append("\nhost:").append(HOST).append("\n\nhost\n").toString();
  }
}
