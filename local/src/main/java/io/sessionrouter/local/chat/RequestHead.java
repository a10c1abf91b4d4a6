package io.sessionrouter.local.chat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of a browser's request.
 *
 * @param target path and query, as they came
 * @param headers by their names in lower case, no name twice
 */
record RequestHead(String method, String target, Map<String, String> headers) {
  private static final int MOST_BYTES = 16 * 1024;
  private static final Pattern REQUEST_LINE = Pattern.compile("([A-Z]{1,16}) (/\\S*) HTTP/1\\.1");
  private static final Pattern HEADER =
      Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*([\\t\\x20-\\x7e\\x80-\\xff]*)");
  private static final Pattern LENGTH = Pattern.compile("\\d{1,15}");

  /**
   * Reads up to the body.
   *
   * @throws EOFException if the browser leaves before; it may have connected in advance only
   */
  static RequestHead read(InputStream in) throws IOException, Refusal {
    Lines lines = new Lines(in);
    Matcher first = REQUEST_LINE.matcher(lines.next());
    if (!first.matches()) {
      throw Refusal.malformed(
          "The request line is not understood (expected: METHOD /path HTTP/1.1).");
    }
    Map<String, String> headers = new TreeMap<>();
    for (String line = lines.next(); !line.isEmpty(); line = lines.next()) {
      add(line, headers);
    }
    return new RequestHead(first.group(1), first.group(2), headers);
  }

  private static void add(String line, Map<String, String> headers) throws Refusal {
    Matcher header = HEADER.matcher(line);
    if (!header.matches()) {
      throw Refusal.malformed("A header line is not understood (expected: name: value).");
    }
    String name = header.group(1).toLowerCase(Locale.ROOT);
    if (headers.put(name, header.group(2).strip()) != null) {
      throw Refusal.malformed("A header comes twice (expected: each name once).");
    }
  }

  /** The value, or nothing. */
  String header(String name) {
    return headers.getOrDefault(name, "");
  }

  /** How many bytes of body follow. */
  long length() throws Refusal {
    String length = headers.getOrDefault("content-length", "0");
    if (headers.containsKey("transfer-encoding") || !LENGTH.matcher(length).matches()) {
      throw Refusal.malformed("The body's length is not given (expected: Content-Length).");
    }
    return Long.parseLong(length);
  }

  /** Lines of a head, all of them together within bounds. */
  private static final class Lines {
    private final InputStream in;
    private int read;

    Lines(InputStream in) {
      this.in = in;
    }

    String next() throws IOException, Refusal {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      for (int next = in.read(); next != '\n'; next = in.read()) {
        requireMore(next);
        line.write(next);
      }
      String text = line.toString(ISO_8859_1);
      return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    private void requireMore(int next) throws IOException, Refusal {
      if (next < 0) {
        throw new EOFException("the browser left");
      }
      if (++read > MOST_BYTES) {
        throw Refusal.malformed(
            "The request's head is too long (expected: at most %d bytes).".formatted(MOST_BYTES));
      }
    }
  }
}
