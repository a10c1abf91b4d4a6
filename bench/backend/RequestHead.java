import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** The parts of a request head that the backend acts on; reused for every request. */
final class RequestHead {
  private static final String LENGTH = "content-length";
  private static final String SESSION = "x-amzn-sagemaker-session-id";
  private static final String OPENING = "x-session-router-session";
  private static final String ATTRIBUTES = "x-amzn-sagemaker-custom-attributes";
  private static final String CODING = "transfer-encoding";

  private byte[] bytes;
  private int end;
  long contentLength;
  boolean chunked;
  String session;
  boolean opens;
  int replyBytes;

  void parse(byte[] bytes, int end) {
    this.bytes = bytes;
    this.end = end;
    contentLength = 0;
    chunked = false;
    session = null;
    opens = false;
    replyBytes = 200;
    for (int line = next(0); line < end; line = next(line)) {
      header(line);
    }
  }

  private int next(int from) {
    int i = from;
    while (i < end && bytes[i] != '\n') {
      i++;
    }
    return i + 1;
  }

  private void header(int line) {
    if (named(line, LENGTH)) {
      contentLength = Long.parseLong(value(line, LENGTH));
    } else if (named(line, SESSION)) {
      session = value(line, SESSION);
      opens |= session.equals("NEW_SESSION");
    } else if (named(line, OPENING)) {
      opens = true;
    } else if (named(line, ATTRIBUTES)) {
      replyBytes = Integer.parseInt(value(line, ATTRIBUTES).substring("reply=".length()));
    } else if (named(line, CODING)) {
      chunked = true;
    }
  }

  private boolean named(int line, String name) {
    int colon = line + name.length();
    if (colon >= end || bytes[colon] != ':') {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      if (Character.toLowerCase((char) bytes[line + i]) != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private String value(int line, String name) {
    int from = line + name.length() + 1;
    return new String(bytes, from, next(from) - 2 - from, ISO_8859_1).strip();
  }

  boolean startsWith(String start) {
    for (int i = 0; i < start.length(); i++) {
      if (bytes[i] != start.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
