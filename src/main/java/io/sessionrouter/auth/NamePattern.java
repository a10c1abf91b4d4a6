package io.sessionrouter.auth;

/** A name in which {@code *} stands for anything, and all else for itself. */
record NamePattern(String text) {
  static final char ANY = '*';

  /** In linear time for every pattern with one star, and never worse than their product. */
  boolean matches(String name) {
    int at = 0;
    int in = 0;
    int star = -1;
    int resume = 0;
    while (in < name.length()) {
      if (at < text.length() && text.charAt(at) == ANY) {
        star = at++;
        resume = in;
      } else if (at < text.length() && text.charAt(at) == name.charAt(in)) {
        at++;
        in++;
      } else if (star >= 0) {
        at = star + 1;
        in = ++resume;
      } else {
        return false;
      }
    }
    while (at < text.length() && text.charAt(at) == ANY) {
      at++;
    }
    return at == text.length();
  }

  boolean matchesAll() {
    return text.length() == 1 && text.charAt(0) == ANY;
  }
}
