package io.sessionrouter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A part of the README that code knows best: between {@code name:begin} and {@code name:end}. */
public record ReadmeSection(String begin, String end) {
  private static final Path README = Path.of("README.md");

  public static ReadmeSection named(String name) {
    return new ReadmeSection("<!-- " + name + ":begin -->\n", "<!-- " + name + ":end -->");
  }

  /** Requires the text there, or with {@code -Dreadme.update=true} puts it there. */
  public void requireOrUpdate(String text, Class<?> test) throws IOException {
    String readme = Files.readString(README);
    int from = readme.indexOf(begin) + begin.length();
    int to = readme.indexOf(end);
    assertThat(to).as("README.md has %s and %s", begin, end).isGreaterThanOrEqualTo(from);
    if (Boolean.getBoolean("readme.update")) {
      Files.writeString(README, readme.substring(0, from) + text + readme.substring(to));
      return;
    }
    assertThat(readme.substring(from, to))
        .as("refresh with: mvn test -Dtest=%s -Dreadme.update=true", test.getSimpleName())
        .isEqualTo(text);
  }
}
