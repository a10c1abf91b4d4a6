package io.sessionrouter.auth.signature;

import static io.sessionrouter.auth.signature.Signed.KEY;
import static io.sessionrouter.auth.signature.Signed.NOW;
import static io.sessionrouter.domain.FailureKind.EXPIRED_KEY;
import static io.sessionrouter.domain.FailureKind.INCOMPLETE_SIGNATURE;
import static io.sessionrouter.domain.FailureKind.INVALID_SIGNATURE;
import static io.sessionrouter.domain.FailureKind.MISSING_CREDENTIALS;
import static io.sessionrouter.domain.FailureKind.UNKNOWN_KEY;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpRequest;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is verified of a request, what is refused of it, and when. */
class SignatureV4Test {
  private static final String SCOPE = "20261127/eu-central-1/sagemaker/aws4_request";

  private final SignatureV4 verifier = Signed.verifier();
  private final AccessKeys keys = Signed.keys(KEY);

  private void refusedAtTheHead(HttpRequest head, FailureKind kind, String message) {
    refusedAtTheHead(verifier, head, keys, kind, message);
  }

  private static void refusedAtTheHead(
      SignatureV4 by, HttpRequest head, AccessKeys keys, FailureKind kind, String message) {
    assertThatThrownBy(() -> by.begin(head, keys))
        .isInstanceOfSatisfying(RouterException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContaining(message)
        .hasMessageNotContaining(KEY.secret());
  }

  private static HttpRequest authorized(String authorization) {
    HttpRequest head = Signed.head("POST", "/");
    head.headers().add("host", "router").add("authorization", authorization);
    return head;
  }

  @Test
  void aHeadWithoutTheBodysHashIsDecidedByItsBody() {
    SignedRequest begun = verifier.begin(new Signed().body("body").request(), keys);
    assertThat(begun.key()).isEqualTo(KEY);
    assertThat(begun.service()).isEqualTo("sagemaker");
    assertThat(begun.body().decided()).isFalse();
    begun.body().update(Unpooled.copiedBuffer("body", ISO_8859_1));
    begun.body().verify();
  }

  @Test
  void aHeadWithTheBodysHashDecidesAlone() {
    SignedRequest begun = verifier.begin(new Signed().body("body").declaredHash().request(), keys);
    assertThat(begun.body().decided()).isTrue();
    begun.body().update(Unpooled.copiedBuffer("body", ISO_8859_1));
    begun.body().verify();
  }

  @Test
  void aHeadWithTheBodysHashAndAWrongSignatureIsRefusedBeforeItsBody() {
    refusedAtTheHead(
        new Signed().body("body").declaredHash().secret("other").request(),
        INVALID_SIGNATURE,
        "does not match the signature you provided");
  }

  @Test
  void anotherBodyThanTheDeclaredOneIsRefusedAtItsEnd() {
    SignedRequest begun = verifier.begin(new Signed().body("body").declaredHash().request(), keys);
    begun.body().update(Unpooled.copiedBuffer("b0dy", ISO_8859_1));
    assertThatThrownBy(() -> begun.body().verify())
        .isInstanceOfSatisfying(
            RouterException.class, e -> assertThat(e.kind()).isEqualTo(INVALID_SIGNATURE))
        .hasMessageContaining("'x-amz-content-sha256' header does not match");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UNSIGNED-PAYLOAD",
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "",
        "230D8358DC8E8890B4C58DEEB62912EE2F20357AE92A5CC861B98E68FE31ACB5"
      })
  void aHashThatIsNoneIsRefusedAtTheHead(String declared) {
    refusedAtTheHead(
        new Signed().header("x-amz-content-sha256", declared).request(),
        INVALID_SIGNATURE,
        "'x-amz-content-sha256' must be the SHA-256 hash of the body");
  }

  @Test
  void bodiesMayComeInAnyPiecesAndBuffers() {
    byte[] body = new byte[100_000];
    new Random(1).nextBytes(body);
    Signed signed = new Signed().body(new String(body, ISO_8859_1));
    for (int size : new int[] {1_000, 16 * 1024, 16 * 1024 + 1, 99_999, 100_000}) {
      BodySignature verdict = verifier.begin(signed.request(), keys).body();
      for (int at = 0; at < body.length; at += size) {
        int length = Math.min(size, body.length - at);
        ByteBuf part = buffer(at / size, body, at, length);
        verdict.update(part);
        assertThat(part.readableBytes()).as("stays as it is").isEqualTo(length);
        part.release();
      }
      verdict.verify();
    }
  }

  /** Of the heap, direct, of several parts; not from its beginning. */
  private static ByteBuf buffer(int kind, byte[] body, int at, int length) {
    ByteBuf whole =
        switch (kind % 3) {
          case 0 -> Unpooled.buffer();
          case 1 -> Unpooled.directBuffer();
          default -> {
            CompositeByteBuf parts = Unpooled.compositeBuffer();
            parts.addComponent(true, Unpooled.wrappedBuffer(new byte[3], body));
            yield parts.readerIndex(3 + at).writerIndex(3 + at + length);
          }
        };
    return whole instanceof CompositeByteBuf
        ? whole
        : whole.writeZero(3).writeBytes(body, at, length).skipBytes(3);
  }

  @Test
  void anUnsignedRequestIsRefused() {
    HttpRequest head = Signed.head("POST", "/");
    refusedAtTheHead(head, MISSING_CREDENTIALS, "Missing Authentication Token");
    refusedAtTheHead(authorized("Basic dXNlcjpwYXNz"), MISSING_CREDENTIALS, "Missing");
  }

  @Test
  void twoSignaturesAreRefused() {
    HttpRequest head = new Signed().request();
    head.setUri(head.uri() + "?a=b&X-Amz-Algorithm=AWS4-HMAC-SHA256");
    refusedAtTheHead(head, INVALID_SIGNATURE, "Found both 'X-Amz-Algorithm' as a query-string");
    HttpRequest twice = new Signed().request();
    twice.headers().add("Authorization", "AWS4-HMAC-SHA256 Credential=x");
    refusedAtTheHead(twice, INCOMPLETE_SIGNATURE, "requires a single value");
  }

  @Test
  void allMissingPartsAreNamed() {
    String credential = "Authorization header requires 'Credential' parameter. ";
    String signature = "Authorization header requires 'Signature' parameter. ";
    String signed = "Authorization header requires 'SignedHeaders' parameter. ";
    String date =
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
    String nothing = "AWS4-HMAC-SHA256";
    refusedAtTheHead(
        authorized(nothing),
        INCOMPLETE_SIGNATURE,
        credential + signature + signed + date + "Authorization=" + nothing);
    String most = "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, Signature=";
    HttpRequest dated = authorized(most);
    dated.headers().add("X-Amz-Date", "20261127T120000Z");
    refusedAtTheHead(dated, INCOMPLETE_SIGNATURE, signature + signed + "Authorization=" + most);
  }

  @Test
  void aParameterIsAPairAndComesOnce() {
    refusedAtTheHead(
        authorized("AWS4-HMAC-SHA256 Credential"),
        INCOMPLETE_SIGNATURE,
        "'Credential' not a valid key=value pair (missing equal-sign) in Authorization header");
    refusedAtTheHead(
        authorized("AWS4-HMAC-SHA256 Signature=a,Signature=b"),
        INCOMPLETE_SIGNATURE,
        "more than one 'Signature'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-27T12:00:00Z",
        "20261127T120000",
        "20261127T120000+",
        "20261327T120000Z",
        "20261127T250000Z",
        "2026112xT120000Z",
        "Fri, 27 Nov 2026 12:00:00 GMT",
        "20261127T120000Z,20261127T120000Z",
        ""
      })
  void aDateIsInIso8601(String date) {
    refusedAtTheHead(
        new Signed().header("x-amz-date", date).request(),
        INCOMPLETE_SIGNATURE,
        "Date must be in ISO-8601 'basic format'. Got '"
            + date
            + "'. See http://en.wikipedia.org/wiki/ISO_8601");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Fri, 27 Nov 2026 12:00:00 GMT", "20261127T120000Z"})
  void aDateOfHttpWillDo(String date) {
    HttpRequest head = new Signed().without("x-amz-date").header("date", date).request();
    Signed.verify(verifier, head, keys);
  }

  @Test
  void otherAlgorithmsAreRefused() {
    HttpRequest head = new Signed().request();
    String text = head.headers().get("Authorization").replace("-SHA256", "-SHA512");
    head.headers().set("Authorization", text);
    refusedAtTheHead(
        head,
        INCOMPLETE_SIGNATURE,
        "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA512' (only AWS4-HMAC-SHA256 for now). ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"20261127/eu-central-1/sagemaker", SCOPE + "/more", ""})
  void aCredentialHasFiveElements(String scope) {
    refusedAtTheHead(
        new Signed().request(scope),
        INCOMPLETE_SIGNATURE,
        "Credential must have exactly 5 slash-delimited elements, e.g."
            + " keyid/date/region/service/term, got 'AKIDROUTER/"
            + scope
            + "'");
  }

  @Test
  void clocksMayBeAQuarterOfAnHourApart() {
    for (Duration skew : new Duration[] {Duration.ofMinutes(15), Duration.ofMinutes(-15)}) {
      SignatureV4 by = Signed.verifier(InstantSource.fixed(NOW.plus(skew)));
      Signed.verify(by, new Signed().request(), keys);
    }
    refusedAtTheHead(
        Signed.verifier(InstantSource.fixed(NOW.plusSeconds(901))),
        new Signed().request(),
        keys,
        INVALID_SIGNATURE,
        "Signature expired: 20261127T120000Z is now earlier than 20261127T120001Z"
            + " (20261127T121501Z - 15 min.)");
    refusedAtTheHead(
        Signed.verifier(InstantSource.fixed(NOW.minusSeconds(901))),
        new Signed().request(),
        keys,
        INVALID_SIGNATURE,
        "Signature not yet current: 20261127T120000Z is still later than 20261127T115959Z"
            + " (20261127T114459Z + 15 min.)");
  }

  @Test
  void theHostMustBeSigned() {
    refusedAtTheHead(
        new Signed().request(SCOPE, "x-amz-date"),
        INVALID_SIGNATURE,
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"X-Amz-Target", "x-amz-security-token", "X-AMZ-CONTENT-SHA256"})
  void whatIsOfAmazonMustBeSigned(String name) {
    HttpRequest head = new Signed().request();
    head.headers().add(name, "x");
    refusedAtTheHead(
        head,
        INVALID_SIGNATURE,
        "'" + name + "' must be a 'SignedHeader' in the AWS Authorization.");
  }

  @Test
  void othersNeedNotBeSigned() {
    HttpRequest head = new Signed().request();
    head.headers().add("X-Amzn-Trace-Id", "Root=1").add("User-Agent", "x").add("X-Am", "y");
    Signed.verify(verifier, head, keys);
  }

  @Test
  void aSignedHeaderMustBeThere() {
    refusedAtTheHead(
        new Signed().request(SCOPE, "host;x-amz-date;x-gone"),
        INVALID_SIGNATURE,
        "'x-gone' is a 'SignedHeader', and the request has no such header.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x-amz-date;host",
        "host;host;x-amz-date",
        "Host;x-amz-date",
        "host;;x-amz-date",
        "host;x-amz-date;",
        ";host;x-amz-date"
      })
  void signedHeadersAreSortedAndInLowerCase(String names) {
    refusedAtTheHead(
        new Signed().request(SCOPE, names),
        INVALID_SIGNATURE,
        "'SignedHeaders' must be sorted, in lower case, and separated by ';', got '" + names);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "20261127/us-east-1/sagemaker/aws4_request|"
            + "Credential should be scoped to a valid region, not 'us-east-1'. ",
        "20261127/eu-central-1/s3/aws4_request|"
            + "Credential should be scoped to correct service: 'sagemaker'. ",
        "20261127/eu-central-1/sagemaker/aws5_request|Credential should be scoped with a valid"
            + " terminator: 'aws4_request', not 'aws5_request'. ",
        "20261127/x/y/z|Credential should be scoped to a valid region, not 'x'. Credential should"
            + " be scoped to correct service: 'sagemaker'. Credential should be scoped with a valid"
            + " terminator: 'aws4_request', not 'z'.",
        "20261126/eu-central-1/sagemaker/aws4_request|Date in Credential scope does not match"
            + " YYYYMMDD from ISO-8601 version of date from HTTP: '20261126' != '20261127', from"
            + " '20261127T120000Z'.",
        "2026/eu-central-1/sagemaker/aws4_request|'2026' != '20261127'",
        "/eu-central-1/sagemaker/aws4_request|'' != '20261127'",
      })
  void aScopeIsThatOfTheRouterAndTheDay(String scope, String message) {
    refusedAtTheHead(new Signed().request(scope), INVALID_SIGNATURE, message);
  }

  @Test
  void severalServicesMayBeAllowed() {
    SigningScope scope = new SigningScope(Signed.REGION, Set.of("sagemaker", "sts"));
    SignatureV4 by = new SignatureV4(scope, CanonicalForm.STANDARD, InstantSource.fixed(NOW));
    HttpRequest head = new Signed().request(SCOPE.replace("sagemaker", "sts"));
    assertThat(Signed.verify(by, head, keys).service()).isEqualTo("sts");
    refusedAtTheHead(
        by,
        new Signed().request(SCOPE.replace("sagemaker", "iam")),
        keys,
        INVALID_SIGNATURE,
        "correct service: 'sagemaker', 'sts'. ");
  }

  @Test
  void unknownAndExpiredKeysAreRefused() {
    refusedAtTheHead(
        verifier,
        new Signed().request(),
        Signed.keys(),
        UNKNOWN_KEY,
        "The security token included in the request is invalid.");
    AccessKey until = new AccessKey(KEY.id(), KEY.secret(), null, NOW);
    refusedAtTheHead(
        verifier,
        new Signed().request(),
        Signed.keys(until),
        EXPIRED_KEY,
        "The security token included in the request is expired");
    AccessKey later = new AccessKey(KEY.id(), KEY.secret(), null, NOW.plusSeconds(1));
    Signed.verify(verifier, new Signed().request(), Signed.keys(later));
  }

  @Test
  void aSessionTokenBelongsToItsKey() {
    AccessKey withToken = new AccessKey(KEY.id(), KEY.secret(), "token", null);
    Signed signed = new Signed().header("x-amz-security-token", "token");
    Signed.verify(verifier, signed.request(), Signed.keys(withToken));
    refusedAtTheHead(signed.request(), UNKNOWN_KEY, "security token");
    refusedAtTheHead(
        verifier, new Signed().request(), Signed.keys(withToken), UNKNOWN_KEY, "security token");
    refusedAtTheHead(
        verifier,
        new Signed().header("x-amz-security-token", "Token").request(),
        Signed.keys(withToken),
        UNKNOWN_KEY,
        "security token");
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "UPPER", "zz"})
  void aSignatureThatNoneCanBeIsRefusedAtTheHead(String signature) {
    HttpRequest head = new Signed().request();
    String text = head.headers().get("Authorization");
    String other =
        signature.equals("UPPER")
            ? text.substring(0, text.length() - 64) + "A".repeat(64)
            : text.substring(0, text.length() - 64) + signature;
    head.headers().set("Authorization", other);
    refusedAtTheHead(head, INVALID_SIGNATURE, "does not match the signature you provided");
  }

  /** In the order of AWS: what is said first is what is to be mended first. */
  @Test
  void theFirstFaultIsNamed() {
    Signed all = new Signed().header("x-amz-date", "20261127T100000Z");
    refusedAtTheHead(
        verifier,
        all.request("20261126/x/y/z", "x-amz-date"),
        Signed.keys(),
        INVALID_SIGNATURE,
        "Signature expired");
    all.header("x-amz-date", "20261127T120000Z");
    refusedAtTheHead(
        verifier,
        all.request("20261126/x/y/z", "x-amz-date"),
        Signed.keys(),
        INVALID_SIGNATURE,
        "'Host'");
    refusedAtTheHead(
        verifier, all.request("20261126/x/y/z"), Signed.keys(), INVALID_SIGNATURE, "region");
    refusedAtTheHead(
        verifier,
        all.request(SCOPE.replace("27/", "26/")),
        Signed.keys(),
        INVALID_SIGNATURE,
        "Date in Credential scope");
    refusedAtTheHead(verifier, all.request(), Signed.keys(), UNKNOWN_KEY, "invalid");
  }

  @Test
  void anAbsoluteTargetIsSignedByItsPath() {
    String path = "/endpoints/chat/invocations";
    for (String server : new String[] {"http://router:8080", "https://router"}) {
      Signed signed = new Signed().target(server + path + "?b=1&a", path, "a=&b=1");
      Signed.verify(verifier, signed.request(), keys);
    }
    Signed.verify(verifier, new Signed().target("http://router", "/", "").request(), keys);
    Signed.verify(
        verifier, new Signed().target("http://router?a=/b", "/", "a=%2Fb").request(), keys);
  }

  @Test
  void anExchangedSecretIsNotVerifiedByTheFormerOne() {
    Signed.verify(verifier, new Signed().request(), keys);
    AccessKey exchanged = new AccessKey(KEY.id(), "another", null, null);
    HttpRequest head = new Signed().request();
    assertThatThrownBy(() -> Signed.verify(verifier, head, Signed.keys(exchanged)))
        .isInstanceOf(RouterException.class);
    Signed.verify(verifier, new Signed().secret("another").request(), Signed.keys(exchanged));
  }

  @Test
  void nothingShowsASecretByAccident() {
    assertThat(KEY.toString()).isEqualTo("AKIDROUTER");
  }
}
