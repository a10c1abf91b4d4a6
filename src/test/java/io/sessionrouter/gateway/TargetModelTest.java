package io.sessionrouter.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model's name never leaves its endpoint's prefix, however it is read. */
class TargetModelTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "facts-v2.tar.gz",
        "a",
        "team/facts.tar.gz",
        "team/2026/facts_v2+eu.tar.gz",
        "..a/b..",
        "a...b",
        ".hidden",
        "a b.tar.gz",
        "team/v1:2.tar.gz",
        "~user/model",
        "@{x}!$&'()*,;="
      })
  void namesBelowThePrefixAreTaken(String target) {
    assertThat(TargetModel.staysBelow(target)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "..",
        ".",
        "../secret",
        "../../etc/passwd",
        "a/../b",
        "a/../../b",
        "a/..",
        "a/.",
        "./a",
        "a/./b",
        ".. ",
        ".. /b",
        "a/ ../b",
        " a",
        " ",
        "/etc/passwd",
        "/",
        "//host/share",
        "a//b",
        "a/",
        "a//",
        "\\..\\a",
        "..\\a",
        "a\\b",
        "C:\\models",
        "%2e%2e/a",
        "%2E%2E%2Fa",
        "..%2fa",
        "%252e%252e%252fa",
        "..%c0%afa",
        "..%5ca",
        "a%00.tar.gz",
        "a?x=1",
        "?",
        "a#b",
        "a/b?versionId=1",
        "http://evil/a",
        "https:evil",
        "file:///etc/passwd",
        "s3://other/a",
        "jar:file:/a!/b",
        "C:/models/a",
        "a:b",
        ":a",
        "a\tb",
        "a\rb",
        "a\nb",
        "a\r\nX-Evil: 1",
        "a\u0000b",
        "a\u007fb",
        "a\u0085b",
        "\u2025/a",
        "\uff0e\uff0e/a",
        "ｍodel"
      })
  void nothingElseIs(String target) {
    assertThat(TargetModel.staysBelow(target)).isFalse();
  }

  @Test
  void nothingIsNoName() {
    assertThat(TargetModel.staysBelow("")).isFalse();
  }

  /** Every name of up to five of the characters that paths are made of. */
  @Test
  void whatIsTakenStaysBelowThePrefixWhenNormalized() {
    char[] characters = {'.', '/', 'a', ':', '\\', '%'};
    int taken = 0;
    for (int length = 1; length <= 5; length++) {
      for (int n = 0; n < Math.pow(characters.length, length); n++) {
        String target = name(characters, length, n);
        if (TargetModel.staysBelow(target)) {
          taken++;
          String url = URI.create("http://h/prefix/" + target).normalize().toString();
          assertThat(url).isEqualTo("http://h/prefix/" + target);
        }
      }
    }
    assertThat(taken).isPositive();
  }

  private static String name(char[] characters, int length, int number) {
    StringBuilder name = new StringBuilder();
    for (int rest = number, i = 0; i < length; i++, rest /= characters.length) {
      name.append(characters[rest % characters.length]);
    }
    return name.toString();
  }
}
