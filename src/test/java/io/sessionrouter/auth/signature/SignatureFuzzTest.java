package io.sessionrouter.auth.signature;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that were signed rightly, with a few of their bytes changed: the same ones each time.
 */
class SignatureFuzzTest {
  private static final int INPUTS = 40_000;

  private static final List<String> WORDS =
      List.of(
          "%",
          "%2",
          "%2F",
          "/",
          "//",
          "/../",
          "/.",
          "?",
          "&",
          "=",
          ";",
          ",",
          ":",
          " ",
          "\t",
          "\n",
          "\n\n",
          "\u00e9",
          "\u0000",
          "http://",
          "https://",
          "Authorization:",
          "x-amz-date:",
          "X-Amz-Algorithm=AWS4-HMAC-SHA256",
          "Signature=",
          "SignedHeaders=",
          "Credential=",
          "x-amz-content-sha256:",
          "Date: Fri, 27 Nov 2026 12:00:00 GMT",
          "99999999T999999Z");

  @Test
  void whatWasSignedIsVerified() throws IOException {
    List<byte[]> seeds = FuzzSeeds.all();
    assertThat(seeds.stream().filter(SignatureFuzzer::verifies).count())
        .as("all but the token of a session")
        .isEqualTo(seeds.size() - 1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void nothingEscapesAndNothingIsVerifiedThatNobodySigned(long start) throws IOException {
    Random random = new Random(start);
    List<byte[]> seeds = FuzzSeeds.all();
    int verified = 0;
    for (int i = 0; i < INPUTS; i++) {
      byte[] input = seeds.get(random.nextInt(seeds.size()));
      for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
        input = changed(input, random);
      }
      verified += SignatureFuzzer.verifies(input) ? 1 : 0;
    }
    assertThat(verified).as("what is not signed may change").isBetween(1, INPUTS / 2);
  }

  private static byte[] changed(byte[] input, Random random) {
    int at = random.nextInt(input.length + 1);
    return switch (random.nextInt(4)) {
      case 0 -> spliced(input, at, at, WORDS.get(random.nextInt(WORDS.size())));
      case 1 -> spliced(input, at, Math.min(input.length, at + 1 + random.nextInt(8)), "");
      case 2 -> spliced(input, at, Math.min(input.length, at + 1), letter(random));
      default -> {
        int end = Math.min(input.length, at + random.nextInt(64));
        yield spliced(input, at, at, new String(Arrays.copyOfRange(input, at, end), ISO_8859_1));
      }
    };
  }

  private static String letter(Random random) {
    return String.valueOf((char) random.nextInt(256));
  }

  private static byte[] spliced(byte[] input, int from, int to, String replacement) {
    String text = new String(input, ISO_8859_1);
    return (text.substring(0, from) + replacement + text.substring(to)).getBytes(ISO_8859_1);
  }
}
