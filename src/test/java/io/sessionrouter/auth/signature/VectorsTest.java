package io.sessionrouter.auth.signature;

import static io.sessionrouter.domain.FailureKind.INVALID_SIGNATURE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.handler.codec.http.HttpRequest;
import io.sessionrouter.domain.RouterException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests that others signed: the figures of AWS's public test suite for Signature Version 4, and
 * requests that botocore signed.
 */
class VectorsTest {
  private static final AccessKey AWS =
      new AccessKey("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", null, null);

  private static final SigningScope AWS_SCOPE = new SigningScope("us-east-1", Set.of("service"));

  private static final SigningScope ALL_SERVICES =
      new SigningScope(Signed.REGION, Set.of("sagemaker", "sts", "s3"));

  static Stream<Arguments> aws() throws IOException {
    return vectors("aws.json");
  }

  static Stream<Arguments> botocore() throws IOException {
    return vectors("botocore.json");
  }

  private static Stream<Arguments> vectors(String file) throws IOException {
    try (InputStream in = VectorsTest.class.getResourceAsStream(file)) {
      return StreamSupport.stream(new ObjectMapper().readTree(in).spliterator(), false)
          .map(vector -> Arguments.of(vector.get("name").asText(), vector))
          .toList()
          .stream();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("aws")
  void verifiesWhatAwsSigned(String name, JsonNode vector) {
    SignatureV4 verifier = verifier(vector, AWS_SCOPE, "2015-08-30T12:36:00Z");
    AccessKey key = key(AWS, vector);
    byte[] body = body(vector);
    if (vector.has("omitted")) {
      assertThatThrownBy(() -> verifier.begin(head(vector), Signed.keys(key)))
          .hasMessageContaining("'X-Amz-Security-Token' must be a 'SignedHeader'");
      return;
    }
    assertThat(Signed.verify(verifier, head(vector), Signed.keys(key), body).key()).isEqualTo(key);
  }

  /** A client that signed something else reads what it should have been, and what was signed. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("aws")
  void showsTheCanonicalRequestOfAws(String name, JsonNode vector) {
    if (vector.has("omitted")) {
      return;
    }
    SignatureV4 verifier = verifier(vector, AWS_SCOPE, "2015-08-30T12:36:00Z");
    AccessKey key = key(new AccessKey(AWS.id(), "other", null, null), vector);
    byte[] body = body(vector);
    assertThatThrownBy(() -> Signed.verify(verifier, head(vector), Signed.keys(key), body))
        .isInstanceOfSatisfying(
            RouterException.class, e -> assertThat(e.kind()).isEqualTo(INVALID_SIGNATURE))
        .hasMessageContaining(
            "Canonical String for this request should have been\n'%s'\n"
                .formatted(vector.get("canonical").asText()))
        .hasMessageNotContaining("other");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("botocore")
  void verifiesWhatBotocoreSigned(String name, JsonNode vector) {
    SignatureV4 verifier = verifier(vector, ALL_SERVICES, Signed.NOW.toString());
    AccessKey key = key(Signed.KEY, vector);
    SignedRequest verified = Signed.verify(verifier, head(vector), Signed.keys(key), body(vector));
    assertThat(verified.key()).isEqualTo(key);
    assertThat(verified.service()).isEqualTo(vector.get("service").asText());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("botocore")
  void refusesWhatBotocoreSignedWithAnotherLastByte(String name, JsonNode vector) {
    byte[] body = body(vector);
    byte[] other = body.length == 0 ? new byte[1] : body.clone();
    other[other.length - 1] ^= 1;
    SignatureV4 verifier = verifier(vector, ALL_SERVICES, Signed.NOW.toString());
    AccessKey key = key(Signed.KEY, vector);
    assertThatThrownBy(() -> Signed.verify(verifier, head(vector), Signed.keys(key), other))
        .isInstanceOfSatisfying(
            RouterException.class, e -> assertThat(e.kind()).isEqualTo(INVALID_SIGNATURE));
  }

  private static SignatureV4 verifier(JsonNode vector, SigningScope scope, String now) {
    return new SignatureV4(
        scope,
        CanonicalForm.valueOf(vector.get("form").asText()),
        InstantSource.fixed(Instant.parse(now)));
  }

  private static AccessKey key(AccessKey key, JsonNode vector) {
    return vector.has("token")
        ? new AccessKey(key.id(), key.secret(), vector.get("token").asText(), null)
        : key;
  }

  private static byte[] body(JsonNode vector) {
    return vector.get("body").asText().getBytes(ISO_8859_1);
  }

  private static HttpRequest head(JsonNode vector) {
    HttpRequest request = Signed.head(vector.get("method").asText(), vector.get("target").asText());
    vector
        .get("headers")
        .forEach(header -> request.headers().add(header.get(0).asText(), header.get(1).asText()));
    return request;
  }
}
