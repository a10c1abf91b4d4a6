package io.sessionrouter.auth.signature;

/**
 * A request's target in parts.
 *
 * @param path as it came
 * @param query without its question mark
 */
record RequestTarget(String path, String query) {

  /** Reads the forms that servers have to understand. */
  static RequestTarget parse(String target) {
    int mark = target.indexOf('?');
    int end = mark < 0 ? target.length() : mark;
    return new RequestTarget(
        target.substring(pathStart(target, end), end), mark < 0 ? "" : target.substring(mark + 1));
  }

  /** Behind the authority, if it has one. */
  private static int pathStart(String target, int end) {
    int authority = target.startsWith("http://") ? 7 : target.startsWith("https://") ? 8 : -1;
    if (authority < 0 || authority > end) {
      return 0;
    }
    int slash = target.indexOf('/', authority);
    return slash < 0 || slash > end ? end : slash;
  }

  boolean hasParameter(String name) {
    int at = query.indexOf(name);
    while (at >= 0) {
      int end = at + name.length();
      boolean begins = at == 0 || query.charAt(at - 1) == '&';
      boolean ends = end == query.length() || query.charAt(end) == '=' || query.charAt(end) == '&';
      if (begins && ends) {
        return true;
      }
      at = query.indexOf(name, at + 1);
    }
    return false;
  }
}
