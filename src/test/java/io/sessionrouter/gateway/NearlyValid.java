package io.sessionrouter.gateway;

import java.util.List;
import java.util.Random;

/** Makes requests that are valid but for a byte or two, always the same for a seed. */
final class NearlyValid {
  private static final String LINE = "POST /endpoints/chat/invocations HTTP/1.1\r\n";
  private static final String HOST = "Host: r\r\n";
  private static final String CHUNKED = "Transfer-Encoding: chunked\r\n";

  private static final List<String> WHOLE =
      List.of(
          LINE + HOST + "\r\n",
          LINE + HOST + "Content-Length: 5\r\n\r\nhello",
          LINE + HOST + "Content-Length: 0\r\n\r\n",
          LINE + HOST + CHUNKED + "\r\n5\r\nhello\r\n0\r\n\r\n",
          LINE + HOST + CHUNKED + "\r\n1\r\nh\r\na\r\n0123456789\r\n0\r\n\r\n",
          LINE + HOST + CHUNKED + "\r\n5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n",
          LINE + HOST + "X: y\r\n" + CHUNKED + "Y: z\r\n\r\n3;a=\"b\"\r\nabc\r\n00\r\n\r\n",
          LINE.replace("1.1", "1.0") + HOST + "Content-Length: 2\r\n\r\nhi",
          LINE.replace("/end", "http://r/end") + HOST + "Content-Length: 2\r\n\r\nhi");

  private static final String[] LINES = {
    "Content-Length: 5\r\n",
    "Content-Length: 05\r\n",
    "Content-Length: +5\r\n",
    "Content-Length: 5, 5\r\n",
    "Content-Length:5\r\n",
    "Content-Length : 5\r\n",
    "Content-Length: \t5 \r\n",
    "content-length: 5\r\n",
    CHUNKED,
    "Transfer-Encoding: identity\r\n",
    "Transfer-Encoding: gzip, chunked\r\n",
    "Transfer-Encoding: chunked, chunked\r\n",
    "Transfer-Encoding: xchunked\r\n",
    "Transfer-Encoding: CHUNKED\r\n",
    "Transfer-Encoding:\tchunked\r\n",
    "Transfer-Encoding\r\n: chunked\r\n",
    "Transfer_Encoding: chunked\r\n",
    "Transfer-Encoding: \"chunked\"\r\n",
    "Transfer-Encoding: chunked;q=1\r\n",
    HOST,
    "Host: a b\r\n",
    "Host: r:80\r\n",
    "Host:\r\n",
    "X: a\r\n b\r\n",
    "X: a\r\n\tb\r\n",
    " X: a\r\n",
    "X\r\n",
    ": a\r\n",
    "X:\r\n",
    "X: a\rb\r\n",
    "X: a\nb: c\r\n",
    "X: \u0000\r\n",
    "X: \u00e9\r\n",
  };

  private static final String PIECES =
      "\r\n\u000b\f\t\u0000 \u0080\u00ff\u007f,;:\"'=+-_0a1x/#?%\\";

  private final Random random;

  NearlyValid(long seed) {
    random = new Random(seed);
  }

  String next() {
    StringBuilder request = new StringBuilder(pick(WHOLE));
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      change(request);
    }
    return request.toString();
  }

  private <T> T pick(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private void change(StringBuilder request) {
    int at = random.nextInt(request.length());
    switch (random.nextInt(8)) {
      case 0 -> request.insert(at, piece());
      case 1 -> request.setCharAt(at, piece());
      case 2 -> request.deleteCharAt(at);
      case 3 -> replace(request, "\r\n", pick(List.of("\n", "\r", "\r\r\n", "\r\n\r\n", " \r\n")));
      case 4 -> replace(request, " ", pick(List.of("  ", "\t", "\u000b", "\f", "\r", "")));
      case 5, 6 -> insertLine(request);
      default -> atLineStart(request);
    }
    if (request.isEmpty()) {
      request.append(LINE);
    }
  }

  private char piece() {
    return PIECES.charAt(random.nextInt(PIECES.length()));
  }

  /** One of those that are there. */
  private void replace(StringBuilder request, String from, String to) {
    int at = request.indexOf(from, random.nextInt(request.length()));
    if (at >= 0) {
      request.replace(at, at + from.length(), to);
    }
  }

  private void insertLine(StringBuilder request) {
    int at = request.indexOf("\r\n");
    int next = at < 0 || random.nextBoolean() ? at : request.indexOf("\r\n", at + 2);
    if (next >= 0) {
      request.insert(next + 2, LINES[random.nextInt(LINES.length)]);
    }
  }

  private void atLineStart(StringBuilder request) {
    int at = request.indexOf("\r\n", random.nextInt(request.length()));
    request.insert(at < 0 ? 0 : at + 2, piece());
  }
}
