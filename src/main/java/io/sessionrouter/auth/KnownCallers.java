package io.sessionrouter.auth;

import static io.sessionrouter.domain.FailureKind.ACCESS_DENIED;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AsciiString;
import io.sessionrouter.auth.signature.CanonicalForm;
import io.sessionrouter.auth.signature.Refusals;
import io.sessionrouter.auth.signature.SignatureV4;
import io.sessionrouter.auth.signature.SignedRequest;
import io.sessionrouter.auth.signature.SigningScope;
import io.sessionrouter.domain.Principal;
import io.sessionrouter.domain.RouterException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** Lets in who shows that they are one of the principals: by a signature, a key, a certificate. */
final class KnownCallers implements Authenticator {
  private static final String SERVICE = "sagemaker";
  private static final String BEARER = "Bearer ";

  private final Supplier<Principals> principals;
  private final String region;
  private final InstantSource clock;
  private final SignatureV4 signatures;

  KnownCallers(Supplier<Principals> principals, String region, InstantSource clock) {
    this.principals = principals;
    this.region = region;
    this.clock = clock;
    this.signatures =
        new SignatureV4(new SigningScope(region, Set.of(SERVICE)), CanonicalForm.STANDARD, clock);
  }

  @Override
  public AuthenticatedRequest authenticate(HttpRequest head, @Nullable X500Principal subject) {
    Principals known = principals.get();
    List<String> authorizations = head.headers().getAll(HttpHeaderNames.AUTHORIZATION);
    if (authorizations.isEmpty()) {
      return new AuthenticatedRequest(bySubject(known, subject), null);
    }
    String authorization = authorizations.getFirst();
    if (authorizations.size() == 1 && isBearer(authorization)) {
      return new AuthenticatedRequest(byBearer(known, authorization), null);
    }
    SignedRequest signed = signatures.begin(head, known);
    return new AuthenticatedRequest(known.owner(signed.key()), signed.body());
  }

  @Override
  public Caller bearer(@Nullable String authorization) {
    if (authorization == null || !isBearer(authorization)) {
      throw Refusals.missing();
    }
    return byBearer(principals.get(), authorization);
  }

  private static Caller bySubject(Principals known, @Nullable X500Principal subject) {
    Caller caller = subject == null ? null : known.subject(subject);
    if (caller == null) {
      throw Refusals.missing();
    }
    return caller;
  }

  private static boolean isBearer(String authorization) {
    return AsciiString.regionMatches(authorization, true, 0, BEARER, 0, BEARER.length());
  }

  private Caller byBearer(Principals known, String authorization) {
    String token = authorization.substring(BEARER.length()).strip();
    if (SignatureV4.isToken(token)) {
      return known.owner(signatures.verifyToken(token, known));
    }
    Principals.Owned<BearerKey> found = known.bearer(BearerKey.hash(token));
    if (found == null) {
      throw Refusals.unknownKey();
    }
    Instant end = found.key().expires();
    if (end != null && !clock.instant().isBefore(end)) {
      throw Refusals.expiredKey();
    }
    return found.caller();
  }

  @Override
  public void authorize(Caller caller, Action action, @Nullable String endpoint) {
    if (!caller.allows(action, endpoint)) {
      throw new RouterException(
          ACCESS_DENIED,
          "User: "
              + caller.principal().arn()
              + " is not authorized to perform: "
              + action.label()
              + " on resource: "
              + resource(endpoint)
              + " because no identity-based policy allows the "
              + action.label()
              + " action");
    }
  }

  private String resource(@Nullable String endpoint) {
    return endpoint == null
        ? "*"
        : "arn:aws:sagemaker:" + region + ":" + Principal.ACCOUNT + ":endpoint/" + endpoint;
  }
}
