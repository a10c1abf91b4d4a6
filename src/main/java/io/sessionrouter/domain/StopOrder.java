package io.sessionrouter.domain;

/** The order in which parts of the router stop; the lowest number stops first. */
public final class StopOrder {
  /** When all that names no place stops, too. */
  public static final int DATA_PORT = 2500;

  /** After what still answers requests. */
  public static final int SESSIONS = 4000;

  /** After all that has spans to report. */
  public static final int TRACES = 5000;

  private StopOrder() {}
}
