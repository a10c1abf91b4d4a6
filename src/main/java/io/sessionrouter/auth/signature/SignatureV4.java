package io.sessionrouter.auth.signature;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AsciiString;
import io.sessionrouter.domain.RouterException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Verifies requests that are signed with AWS Signature Version 4. Safe on all threads. */
public final class SignatureV4 {
  private static final AsciiString DATE = AsciiString.cached("x-amz-date");
  private static final AsciiString TOKEN = AsciiString.cached("x-amz-security-token");
  private static final AsciiString CONTENT_HASH = AsciiString.cached("x-amz-content-sha256");
  private static final HexFormat HEX = HexFormat.of();

  private final SigningScope scope;
  private final CanonicalForm form;
  private final InstantSource clock;
  private final SigningKeys signingKeys = new SigningKeys();
  private final UrlToken urlToken;

  /**
   * @param scope that requests must be signed for
   */
  public SignatureV4(SigningScope scope, CanonicalForm form, InstantSource clock) {
    this.scope = scope;
    this.form = form;
    this.clock = clock;
    this.urlToken = new UrlToken(scope, clock, signingKeys);
  }

  /** Whether an {@code Authorization} is a signature, rightly made or not. */
  public static boolean isSignature(String authorization) {
    return authorization.startsWith(AuthorizationHeader.FAMILY);
  }

  /**
   * Verifies what can be verified before the body is here.
   *
   * @param keys that may have signed it
   * @throws RouterException for whatever is wrong with the head
   */
  public SignedRequest begin(HttpRequest head, AccessKeys keys) throws RouterException {
    HttpHeaders headers = head.headers();
    RequestTarget target = RequestTarget.parse(head.uri());
    AuthorizationHeader authorization = authorization(headers, target);
    String amzDate = joined(headers, DATE);
    String date = amzDate == null ? joined(headers, HttpHeaderNames.DATE) : amzDate;
    authorization.requireComplete(date != null);
    SigningDate signed =
        amzDate == null ? SigningDate.parseHttp(String.valueOf(date)) : SigningDate.parse(amzDate);
    authorization.requireAlgorithm();
    Credential credential = Credential.parse(authorization.credential());
    Instant now = clock.instant();
    signed.requireNear(now);
    SignedHeaders signedHeaders = SignedHeaders.parse(authorization.signedHeaders());
    signedHeaders.requireComplete(headers);
    scope.require(credential);
    signed.requireDay(credential.day());
    AccessKey key = KeyCheck.key(keys, credential, joined(headers, TOKEN), now);
    CanonicalRequest canonical =
        new CanonicalRequest(
            CanonicalRequest.head(head, target, signedHeaders, form),
            signed,
            credential,
            signingKeys.of(key, credential),
            KeyCheck.signature(authorization.signature()));
    return new SignedRequest(
        key, credential.service(), body(canonical, joined(headers, CONTENT_HASH)));
  }

  /**
   * Verifies a token that takes the place of a signature: {@value UrlToken#PREFIX} and a signed
   * URL.
   *
   * @param keys that may have signed it
   * @throws RouterException for whatever is wrong with it
   */
  public AccessKey verifyToken(String token, AccessKeys keys) throws RouterException {
    return urlToken.verify(token, keys);
  }

  /** Whether a bearer token is one of those that {@link #verifyToken} verifies. */
  public static boolean isToken(String bearer) {
    return bearer.startsWith(UrlToken.PREFIX);
  }

  private static AuthorizationHeader authorization(HttpHeaders headers, RequestTarget target) {
    List<String> values = headers.getAll(HttpHeaderNames.AUTHORIZATION);
    if (values.isEmpty()) {
      throw Refusals.missing();
    }
    if (target.hasParameter("X-Amz-Algorithm")) {
      throw Refusals.invalid(
          "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP"
              + " header.");
    }
    if (values.size() > 1) {
      throw Refusals.incomplete("Authorization header requires a single value.");
    }
    if (!isSignature(values.getFirst())) {
      throw Refusals.missing();
    }
    return AuthorizationHeader.parse(values.getFirst());
  }

  /** With the hash at hand the head decides; without, it is the body that does. */
  private static BodySignature body(CanonicalRequest canonical, @Nullable String declaredHash) {
    if (declaredHash == null) {
      return BodySignature.of(canonical);
    }
    if (declaredHash.length() != Sha256.DIGITS || !KeyCheck.isLowerHex(declaredHash)) {
      throw Refusals.invalid(
          "'x-amz-content-sha256' must be the SHA-256 hash of the body in lower-case hexadecimal"
              + " digits, got '"
              + declaredHash
              + "'.");
    }
    byte[] hash = HEX.parseHex(declaredHash);
    canonical.verify(hash);
    return BodySignature.of(hash);
  }

  /** The header's value; null if there is none. Several are none that anybody may have. */
  private static @Nullable String joined(HttpHeaders headers, CharSequence name) {
    String first = headers.get(name);
    if (first == null) {
      return null;
    }
    List<String> all = headers.getAll(name);
    return all.size() == 1 ? first : String.join(",", all);
  }
}
