package io.sessionrouter.auth.signature;

import java.util.ArrayDeque;
import java.util.Deque;

/** A path as it is signed. */
final class CanonicalPath {
  private CanonicalPath() {}

  static void append(StringBuilder canonical, String path, CanonicalForm form) {
    if (path.isEmpty()) {
      canonical.append('/');
    } else if (form == CanonicalForm.S3) {
      UriText.appendNormal(canonical, path, 0, path.length(), true);
    } else if (isNormal(path)) {
      UriText.appendEncoded(canonical, path, 0, path.length());
    } else {
      appendNormal(canonical, path);
    }
  }

  /** Whether it has no empty segment and none of dots, which hardly any path has. */
  private static boolean isNormal(String path) {
    int start = path.charAt(0) == '/' ? 1 : 0;
    while (start < path.length()) {
      int slash = path.indexOf('/', start);
      int end = slash < 0 ? path.length() : slash;
      if (end == start || isDots(path, start, end)) {
        return false;
      }
      start = end + 1;
    }
    return true;
  }

  private static boolean isDots(String path, int start, int end) {
    return path.charAt(start) == '.'
        && (end == start + 1 || (end == start + 2 && path.charAt(start + 1) == '.'));
  }

  private static void appendNormal(StringBuilder canonical, String path) {
    Deque<String> segments = new ArrayDeque<>();
    for (String segment : path.split("/", -1)) {
      if (segment.equals("..")) {
        segments.pollLast();
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        segments.addLast(segment);
      }
    }
    if (segments.isEmpty()) {
      canonical.append('/');
      return;
    }
    for (String segment : segments) {
      canonical.append('/');
      UriText.appendEncoded(canonical, segment, 0, segment.length());
    }
    if (path.endsWith("/")) {
      canonical.append('/');
    }
  }
}
