package io.sessionrouter.telemetry;

/** What a request had to do with sessions: values of the label {@code session}. */
public enum SessionKind {
  NONE,
  NEW,
  CONTINUED;

  String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
