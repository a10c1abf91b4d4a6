package io.sessionrouter.domain;

/** The order in which parts of the router start; the lowest number starts first. */
public final class StartOrder {
  /** Before the data port opens, so that the first health checks are under way by then. */
  public static final int FLEET = 100;

  /** After the fleet, whose members it asks for their models. */
  public static final int MODELS = 200;

  /** After the fleet, to which it reports instances. */
  public static final int DISCOVERY = 300;

  /** Before what takes requests. */
  public static final int SESSIONS = 1000;

  /** When all that names no place starts, too. */
  public static final int DATA_PORT = 2500;

  /** After every room follows the catalog of endpoints. */
  public static final int CONFIGURATION_WATCH = 5000;

  private StartOrder() {}
}
