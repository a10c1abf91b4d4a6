package io.sessionrouter.container;

import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * The W3C trace context that a client sends along, if it is well formed. What is not is dropped,
 * not refused: a broken trace must not break a request.
 */
final class TraceHeaders {
  static final AsciiString TRACEPARENT = AsciiString.cached("traceparent");
  static final AsciiString TRACESTATE = AsciiString.cached("tracestate");

  private static final int PARENT_LENGTH = 55;
  private static final int MAX_STATE = 512;

  private @Nullable CharSequence parent;
  private @Nullable CharSequence state;
  private boolean parentTwice;
  private boolean stateTwice;

  static boolean isOne(CharSequence name) {
    int length = name.length();
    return (length == TRACEPARENT.length() && TRACEPARENT.contentEqualsIgnoreCase(name))
        || (length == TRACESTATE.length() && TRACESTATE.contentEqualsIgnoreCase(name));
  }

  /** Takes a header for which {@link #isOne} holds. */
  void take(CharSequence name, CharSequence value) {
    if (name.length() == TRACEPARENT.length()) {
      parentTwice |= parent != null;
      parent = value;
    } else {
      stateTwice |= state != null;
      state = value;
    }
  }

  /** The client's trace, or null if it has none that can be understood. */
  @Nullable String parent() {
    CharSequence value = parent;
    return value != null && !parentTwice && isParent(value) ? value.toString() : null;
  }

  /** What the tracing systems before us noted; of no use without {@link #parent}. */
  @Nullable String state() {
    CharSequence value = state;
    return value != null && !stateTwice && isState(value) ? value.toString() : null;
  }

  /** Of version 00, or of a later one that begins alike. */
  private static boolean isParent(CharSequence value) {
    int length = value.length();
    boolean first = length > 1 && value.charAt(0) == '0' && value.charAt(1) == '0';
    return (length == PARENT_LENGTH || (!first && length > PARENT_LENGTH && length <= MAX_STATE))
        && isHex(value, 0, 2)
        && !(value.charAt(0) == 'f' && value.charAt(1) == 'f')
        && value.charAt(2) == '-'
        && isId(value, 3, 35)
        && value.charAt(35) == '-'
        && isId(value, 36, 52)
        && value.charAt(52) == '-'
        && isHex(value, 53, 55)
        && (length == PARENT_LENGTH || (value.charAt(PARENT_LENGTH) == '-' && isPrintable(value)));
  }

  /** Hexadecimal, and not all zeros. */
  private static boolean isId(CharSequence value, int from, int to) {
    boolean zero = true;
    for (int i = from; i < to; i++) {
      zero &= value.charAt(i) == '0';
    }
    return !zero && isHex(value, from, to);
  }

  private static boolean isHex(CharSequence value, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = value.charAt(i);
      if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isState(CharSequence value) {
    return !value.isEmpty() && value.length() <= MAX_STATE && isPrintable(value);
  }

  private static boolean isPrintable(CharSequence value) {
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) < ' ' || value.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }
}
