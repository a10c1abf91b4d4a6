package io.sessionrouter.settings;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is wrong with a configuration, in one form: key, value, and what was expected. The library
 * that converts values has a form of its own, with codes that help nobody who writes a file.
 */
final class ProblemLines {
  private static final Pattern CODE = Pattern.compile("SRCFG\\d+: ");

  private static final Pattern UNREADABLE =
      Pattern.compile(
          "The config property (\\S+) with the config value \"(.*)\" threw an Exception whilst"
              + " being converted (.+)");

  private static final Pattern EXPECTED = Pattern.compile("Expected (.+), got .*");

  private ProblemLines() {}

  /** Each problem of an exception that has them line by line. */
  static List<String> of(Exception unusable) {
    return String.valueOf(unusable.getMessage())
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.endsWith(":"))
        .map(ProblemLines::line)
        .toList();
  }

  private static String line(String text) {
    String plain = CODE.matcher(text).replaceAll("");
    Matcher unreadable = UNREADABLE.matcher(plain);
    return unreadable.matches()
        ? "%s: %s %s"
            .formatted(unreadable.group(1), unreadable.group(2), reason(unreadable.group(3)))
        : plain;
  }

  private static String reason(String text) {
    Matcher expected = EXPECTED.matcher(text);
    if (expected.matches()) {
      return "(expected: " + expected.group(1) + ")";
    }
    return text.startsWith("(") ? text : "(" + text + ")";
  }
}
