package io.sessionrouter.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A generated part of a document, between {@code name:begin} and {@code name:end}. */
public record DocsSection(Path document, String begin, String end) {

  /** The section NAME of {@code docs/NAME.md}. */
  public static DocsSection named(String name) {
    return new DocsSection(
        Path.of("docs", name + ".md"),
        "<!-- " + name + ":begin -->\n",
        "<!-- " + name + ":end -->");
  }

  /** Requires the text there, or with {@code -Ddocs.update=true} writes it there. */
  public void requireOrUpdate(String expected, Class<?> test) throws IOException {
    String text = Files.readString(document);
    int from = text.indexOf(begin) + begin.length();
    int to = text.indexOf(end);
    assertThat(to).as("%s has %s and %s", document, begin, end).isGreaterThanOrEqualTo(from);
    if (Boolean.getBoolean("docs.update")) {
      Files.writeString(document, text.substring(0, from) + expected + text.substring(to));
      return;
    }
    assertThat(text.substring(from, to))
        .as("refresh with: mvn test -Dtest=%s -Ddocs.update=true", test.getSimpleName())
        .isEqualTo(expected);
  }
}
