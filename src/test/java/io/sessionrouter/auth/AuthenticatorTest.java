package io.sessionrouter.auth;

import static io.sessionrouter.domain.FailureKind.ACCESS_DENIED;
import static io.sessionrouter.domain.FailureKind.EXPIRED_KEY;
import static io.sessionrouter.domain.FailureKind.INCOMPLETE_SIGNATURE;
import static io.sessionrouter.domain.FailureKind.MISSING_CREDENTIALS;
import static io.sessionrouter.domain.FailureKind.UNKNOWN_KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import javax.security.auth.x500.X500Principal;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who a request is from, by whatever it shows. */
class AuthenticatorTest {
  private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");

  private static final String FILE =
      """
      {"principals": [
        {"name": "notebook",
         "accessKeys": [{"id": "AKIDROUTER", "secret": "Zm9v+/secret/KEY=="}],
         "bearerKeys": [{"sha256": "%s"}, {"sha256": "%s", "expires": "2026-11-27T12:00:00Z"}],
         "certificateSubjects": ["CN=notebook"],
         "allow": [{"actions": ["sagemaker:Invoke*"], "endpoints": ["chat"]}]}]}\
      """
          .formatted(BearerKey.hash("open sesame"), BearerKey.hash("former"));

  /** Signed by botocore without a body. */
  private static final String SIGNATURE =
      "AWS4-HMAC-SHA256 Credential=AKIDROUTER/20261127/eu-central-1/sagemaker/aws4_request,"
          + " SignedHeaders=host;x-amz-date,"
          + " Signature=e5fede4edef5b27f4cd8e836742fd80d228e5b72217005679bb0accf50938563";

  private final AtomicReference<Principals> principals =
      new AtomicReference<>(PrincipalsFile.parse(FILE));

  private final Authenticator authenticator =
      Authenticators.known(principals::get, "eu-central-1", InstantSource.fixed(NOW));

  private static HttpRequest request(String... authorizations) {
    HttpRequest head =
        new DefaultHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.POST, "/endpoints/chat/invocations");
    head.headers().add("host", "router:8080").add("x-amz-date", "20261127T120000Z");
    for (String each : authorizations) {
      head.headers().add("authorization", each);
    }
    return head;
  }

  private static void refuses(ThrowingCallable call, FailureKind kind, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(RouterException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessage(message);
  }

  private static void isNotebook(Caller caller) {
    assertThat(caller.principal().name()).isEqualTo("notebook");
  }

  @Test
  void aSignatureIsVerifiedWithTheBody() {
    AuthenticatedRequest begun = authenticator.authenticate(request(SIGNATURE));
    isNotebook(begun.caller());
    assertThat(begun.body().decided()).isFalse();
    begun.body().verify();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer open sesame", "bearer  open sesame ", "BEARER open sesame"})
  void aBearerKeyLeavesNothingToVerify(String authorization) {
    AuthenticatedRequest begun = authenticator.authenticate(request(authorization));
    isNotebook(begun.caller());
    assertThat(begun.body()).isNull();
    isNotebook(authenticator.bearer(authorization));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer other", "Bearer ", "Bearer sagemaker-api-key-x"})
  void whatNobodyHasIsRefused(String authorization) {
    String text = "The security token included in the request is invalid.";
    refuses(() -> authenticator.authenticate(request(authorization)), UNKNOWN_KEY, text);
    refuses(() -> authenticator.bearer(authorization), UNKNOWN_KEY, text);
  }

  @Test
  void anExpiredBearerKeyIsRefused() {
    refuses(
        () -> authenticator.authenticate(request("Bearer former")),
        EXPIRED_KEY,
        "The security token included in the request is expired");
  }

  @Test
  void aCertificateWillDoWhereNothingElseIsShown() {
    X500Principal subject = new X500Principal("CN=Notebook");
    isNotebook(authenticator.authenticate(request(), subject).caller());
    refuses(
        () -> authenticator.authenticate(request("Bearer other"), subject),
        UNKNOWN_KEY,
        "The security token included in the request is invalid.");
    refuses(
        () -> authenticator.authenticate(request(), new X500Principal("CN=other")),
        MISSING_CREDENTIALS,
        "Missing Authentication Token");
  }

  @Test
  void whoShowsNothingIsRefused() {
    String text = "Missing Authentication Token";
    refuses(() -> authenticator.authenticate(request()), MISSING_CREDENTIALS, text);
    refuses(() -> authenticator.authenticate(request("Basic x")), MISSING_CREDENTIALS, text);
    refuses(() -> authenticator.bearer(null), MISSING_CREDENTIALS, text);
    refuses(() -> authenticator.bearer("AWS4-HMAC-SHA256 x=y"), MISSING_CREDENTIALS, text);
  }

  @Test
  void whoShowsTwoThingsIsRefused() {
    refuses(
        () -> authenticator.authenticate(request("Bearer open sesame", "Bearer other")),
        INCOMPLETE_SIGNATURE,
        "Authorization header requires a single value.");
  }

  @Test
  void whoIsNoLongerInTheFileIsRefused() {
    principals.set(Principals.NONE);
    refuses(
        () -> authenticator.authenticate(request("Bearer open sesame")),
        UNKNOWN_KEY,
        "The security token included in the request is invalid.");
  }

  @Test
  void whatNoGrantAllowsIsDenied() {
    Caller caller = authenticator.bearer("Bearer open sesame");
    authenticator.authorize(caller, Action.INVOKE_ENDPOINT, "chat");
    refuses(
        () -> authenticator.authorize(caller, Action.INVOKE_ENDPOINT, "other"),
        ACCESS_DENIED,
        "User: arn:aws:iam::000000000000:user/notebook is not authorized to perform:"
            + " sagemaker:InvokeEndpoint on resource:"
            + " arn:aws:sagemaker:eu-central-1:000000000000:endpoint/other because no"
            + " identity-based policy allows the sagemaker:InvokeEndpoint action");
    refuses(
        () -> authenticator.authorize(caller, Action.READ_FLEET, null),
        ACCESS_DENIED,
        "User: arn:aws:iam::000000000000:user/notebook is not authorized to perform:"
            + " router:ReadFleet on resource: * because no identity-based policy allows the"
            + " router:ReadFleet action");
  }

  @Test
  void withoutAuthenticationEverybodyComesIn() {
    Authenticator none = Authenticators.none();
    AuthenticatedRequest begun = none.authenticate(request("AWS4-HMAC-SHA256 x"));
    assertThat(begun.caller()).isSameAs(Caller.ANYBODY);
    assertThat(begun.body()).isNull();
    none.authorize(begun.caller(), Action.DRAIN, null);
    assertThat(none.bearer(null)).isSameAs(Caller.ANYBODY);
  }
}
