package io.sessionrouter.auth.signature;

import static io.sessionrouter.domain.FailureKind.EXPIRED_KEY;
import static io.sessionrouter.domain.FailureKind.INVALID_SIGNATURE;
import static io.sessionrouter.domain.FailureKind.UNKNOWN_KEY;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that botocore made as SageMaker's published generator does. */
class UrlTokenTest {
  private static final String PREFIX = "sagemaker-api-key-";

  private final JsonNode tokens = read();

  private static JsonNode read() {
    try (InputStream in = UrlTokenTest.class.getResourceAsStream("tokens.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private String token(String name) {
    return tokens.get(name).asText();
  }

  private static AccessKey verify(String token, AccessKey key, Duration later) {
    return Signed.verifier(InstantSource.fixed(Signed.NOW.plus(later)))
        .verifyToken(token, Signed.keys(key));
  }

  private static String edited(String token, String from, String to) {
    String url =
        new String(Base64.getDecoder().decode(token.substring(PREFIX.length())), ISO_8859_1);
    assertThat(url).contains(from);
    return PREFIX + Base64.getEncoder().encodeToString(url.replace(from, to).getBytes(ISO_8859_1));
  }

  private static void refuses(String token, FailureKind kind, String message) {
    refuses(token, Signed.KEY, Duration.ZERO, kind, message);
  }

  private static void refuses(
      String token, AccessKey key, Duration later, FailureKind kind, String message) {
    assertThatThrownBy(() -> verify(token, key, later))
        .isInstanceOfSatisfying(RouterException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContaining(message);
  }

  @Test
  void verifiesATokenUntilItExpires() {
    String token = token("plain");
    assertThat(SignatureV4.isToken(token)).isTrue();
    assertThat(verify(token, Signed.KEY, Duration.ZERO)).isEqualTo(Signed.KEY);
    assertThat(verify(token, Signed.KEY, Duration.ofHours(12))).isEqualTo(Signed.KEY);
    refuses(
        token,
        Signed.KEY,
        Duration.ofHours(12).plusSeconds(1),
        INVALID_SIGNATURE,
        "Signature expired: 20261128T000000Z is now earlier than 20261128T000001Z");
    refuses(token("hour"), Signed.KEY, Duration.ofHours(2), INVALID_SIGNATURE, "Signature expired");
  }

  @Test
  void refusesATokenThatIsNotValidYet() {
    String token = token("plain");
    assertThat(verify(token, Signed.KEY, Duration.ofMinutes(-15))).isEqualTo(Signed.KEY);
    refuses(
        token,
        Signed.KEY,
        Duration.ofMinutes(-16),
        INVALID_SIGNATURE,
        "Signature not yet current: 20261127T120000Z is still later than");
  }

  @Test
  void wantsTheSessionTokenOfTheKey() {
    AccessKey key = new AccessKey(Signed.KEY.id(), Signed.KEY.secret(), "FwoGZX+/tok en==", null);
    assertThat(verify(token("session"), key, Duration.ZERO)).isEqualTo(key);
    refuses(token("session"), UNKNOWN_KEY, "security token");
    refuses(token("plain"), key, Duration.ZERO, UNKNOWN_KEY, "security token");
  }

  @Test
  void refusesTheTokenOfAKeyWhoseTimeIsOver() {
    AccessKey key = new AccessKey(Signed.KEY.id(), Signed.KEY.secret(), null, Signed.NOW);
    refuses(token("plain"), key, Duration.ZERO, EXPIRED_KEY, "expired");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "!", "c2FnZW1ha2Vy", "c2FnZW1ha2VyLmFtYXpvbmF3cy5jb20vPw==x"})
  void refusesWhatIsNoToken(String rest) {
    refuses(PREFIX + rest, UNKNOWN_KEY, "security token");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "Expires=43200|Expires=43201|INCOMPLETE_SIGNATURE|from 1 to 43200, got '43201'",
        "Expires=43200|Expires=-1|INCOMPLETE_SIGNATURE|from 1 to 43200",
        "Expires=43200|Expires=999999999999|INCOMPLETE_SIGNATURE|from 1 to 43200",
        "Expires=43200|Expires=3600|INVALID_SIGNATURE|does not match",
        "X-Amz-Expires=|X-Amz-Until=|INCOMPLETE_SIGNATURE|must include 'X-Amz-Expires'.",
        "AWS4-HMAC-SHA256|AWS4-FOO|INCOMPLETE_SIGNATURE|Unsupported AWS 'algorithm': 'AWS4-FOO'",
        "Headers=host|Headers=host%3Bx|INVALID_SIGNATURE|must be 'host'",
        "%2Fsagemaker%2F|%2Fs3%2F|INVALID_SIGNATURE|correct service: 'sagemaker'",
        "eu-central-1|us-east-1|INVALID_SIGNATURE|valid region, not 'us-east-1'",
        "Action=CallWithBearerToken|Action=Other|INCOMPLETE_SIGNATURE|'Action'",
        "&Version=1|&Extra=1|INVALID_SIGNATURE|does not match",
        "&Version=1|&Action=CallWithBearerToken|INCOMPLETE_SIGNATURE|only once",
        "AKIDROUTER|AKIDOTHER|UNKNOWN_KEY|security token",
        "%2F20261127%2F|%2F20261126%2F|INVALID_SIGNATURE|'20261126' != '20261127'",
      })
  void refusesATokenThatWasChanged(String from, String to, FailureKind kind, String message) {
    refuses(edited(token("plain"), from, to), kind, message);
  }
}
