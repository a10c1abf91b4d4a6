package io.sessionrouter.telemetry;

import java.util.Locale;

/** What a request had to do with sessions: values of the label {@code session}. */
public enum SessionKind {
  NONE,
  NEW,
  CONTINUED;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
