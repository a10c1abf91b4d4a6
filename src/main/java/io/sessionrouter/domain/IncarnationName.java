package io.sessionrouter.domain;

/**
 * What a container's life is called where the container itself reports no boot id: by the pod it
 * runs in, or by its address. Both are written with a space, which no boot id has.
 */
public final class IncarnationName {
  private static final char MARK = ' ';

  private IncarnationName() {}

  /** The life of a pod; all containers of it at one time, and at all of its addresses. */
  public static String ofPod(String uid) {
    return "pod" + MARK + uid;
  }

  /** The life of whatever is at an address. */
  public static String ofAddress(String authority) {
    return "at" + MARK + authority;
  }

  /**
   * Whether the container reported the name itself, so that its next answer shows whether it holds.
   */
  public static boolean isBootId(String name) {
    return !name.isEmpty() && name.indexOf(MARK) < 0;
  }
}
