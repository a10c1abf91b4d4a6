package io.sessionrouter.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.AsciiString;
import io.sessionrouter.domain.RouterException;
import org.jspecify.annotations.Nullable;

/**
 * Reads heads by the grammar of RFC 9112 and nothing else: one blank where it wants one, no folded
 * lines, no line that ends in anything but CR LF.
 *
 * <p>Looks for the end of a head first, and makes objects of whole heads only: what is not whole is
 * held as the bytes it is. Used on one event loop, by all its connections: nothing of a head is
 * kept here.
 */
final class HeadParser {
  static final int MAX_LINE = 8 * 1024;
  static final int MAX_HEAD = 32 * 1024;
  static final int MAX_LINES = 100;
  private static final DefaultHttpHeadersFactory HEADERS =
      DefaultHttpHeadersFactory.headersFactory().withValidation(false);
  private static final byte CR = '\r';
  private static final byte LF = '\n';
  private static final byte[] VERSION = {'H', 'T', 'T', 'P', '/', '1', '.'};

  private final byte[] bytes = new byte[MAX_LINE + MAX_HEAD + 4];
  private int at;

  /** How far a connection has looked for the end of a head. */
  static final class Progress {
    private int scanned;
    private int lineStart;
    private int lines;
    private int linesEnd;

    void reset() {
      scanned = 0;
      lineStart = 0;
      lines = 0;
      linesEnd = 0;
    }

    /** Lines seen by now. */
    int lines() {
      return lines;
    }
  }

  /**
   * The length of the field lines at the reader's index, or of a head, with the empty line at their
   * end; -1 if that has not come yet.
   *
   * @param head whether a request line comes first
   */
  static int length(ByteBuf in, Progress progress, boolean head) throws RouterException {
    int from = in.readerIndex();
    int lf = in.indexOf(from + progress.scanned, in.writerIndex(), LF);
    while (lf >= 0) {
      int start = from + progress.lineStart;
      if (lf == start || in.getByte(lf - 1) != CR) {
        throw Framing.malformed("lines that end with CR LF");
      }
      if (lf == start + 1 && (!head || progress.lines > 0)) {
        return lf + 1 - from;
      }
      if (!Grammar.token(in.getByte(start))) {
        throw Framing.malformed("header lines of NAME: VALUE, none of them folded");
      }
      line(progress, lf + 1 - from, head);
      lf = in.indexOf(lf + 1, in.writerIndex(), LF);
    }
    progress.scanned = in.readableBytes();
    requireRoom(progress, progress.scanned, head);
    return -1;
  }

  private static void line(Progress progress, int end, boolean head) {
    requireRoom(progress, end, head);
    progress.lines++;
    progress.lineStart = end;
    if (progress.lines == 1 && head) {
      progress.linesEnd = end;
    }
    if (progress.lines > MAX_LINES) {
      throw Framing.tooLarge();
    }
  }

  /** The request line has a limit of its own. */
  private static void requireRoom(Progress progress, int length, boolean head) {
    boolean inFirst = head && progress.lines == 0;
    if (length - progress.linesEnd > (inFirst ? MAX_LINE : MAX_HEAD)) {
      throw Framing.tooLarge();
    }
  }

  /** Room that is free between two calls. */
  byte[] scratch() {
    return bytes;
  }

  /** Takes a whole head from the reader's index. */
  HttpRequest head(ByteBuf in, int length) throws RouterException {
    in.readBytes(bytes, 0, length);
    at = 0;
    HttpMethod method = HttpMethod.valueOf(method());
    String target = target();
    requireForm(method, target);
    HttpVersion version = version();
    HttpHeaders headers = HEADERS.newHeaders();
    fields(headers, length);
    return new DefaultHttpRequest(version, method, target, headers);
  }

  /** Takes whole trailers from the reader's index, and leaves them. */
  void trailers(ByteBuf in, int length) throws RouterException {
    in.readBytes(bytes, 0, length);
    at = 0;
    fields(null, length);
  }

  private String method() {
    while (Grammar.token(bytes[at])) {
      at++;
    }
    return word(0);
  }

  private String target() {
    int start = at;
    while (Grammar.target(bytes[at])) {
      at++;
    }
    return word(start);
  }

  /** A path, a URI, a whole server, or for CONNECT an authority. */
  private static void requireForm(HttpMethod method, String target) {
    boolean known =
        target.charAt(0) == '/'
            || target.startsWith("http://")
            || target.startsWith("https://")
            || target.equals("*")
            || (HttpMethod.CONNECT.equals(method) && Grammar.host(target));
    if (!known) {
      throw Framing.malformed("a path or an http URI as the target");
    }
  }

  /** What was read from there on, which must not be empty, and the one blank behind it. */
  private String word(int start) {
    if (at == start || bytes[at] != ' ') {
      throw Framing.malformed("METHOD TARGET HTTP/1.1");
    }
    return text(start, at++);
  }

  private HttpVersion version() {
    for (byte expected : VERSION) {
      if (bytes[at++] != expected) {
        throw Framing.malformed("HTTP/1.1 or HTTP/1.0");
      }
    }
    byte minor = bytes[at++];
    if ((minor != '1' && minor != '0') || bytes[at] != CR || bytes[at + 1] != LF) {
      throw Framing.malformed("HTTP/1.1 or HTTP/1.0");
    }
    at += 2;
    return minor == '1' ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_1_0;
  }

  /** All lines up to the empty one. */
  private void fields(@Nullable HttpHeaders headers, int length) {
    while (at < length - 2) {
      AsciiString name = name();
      String value = value();
      if (headers != null) {
        headers.add(name, value);
      }
    }
  }

  private AsciiString name() {
    int start = at;
    while (Grammar.token(bytes[at])) {
      at++;
    }
    if (at == start || bytes[at] != ':') {
      throw Framing.malformed("header lines of NAME: VALUE, none of them folded");
    }
    return new AsciiString(bytes, start, at++ - start, true);
  }

  private String value() {
    while (Grammar.blank(bytes[at])) {
      at++;
    }
    int start = at;
    while (Grammar.value(bytes[at])) {
      at++;
    }
    int end = at;
    if (bytes[at] != CR || bytes[at + 1] != LF) {
      throw Framing.malformed("header values without control characters");
    }
    at += 2;
    while (end > start && Grammar.blank(bytes[end - 1])) {
      end--;
    }
    return text(start, end);
  }

  /** One byte, one character. */
  @SuppressWarnings("deprecation")
  private String text(int start, int end) {
    return new String(bytes, 0, start, end - start);
  }
}
