package io.sessionrouter.fleet;

import java.util.Locale;

/**
 * How an instance failed a request, and whose fault that may be.
 *
 * <p>What an instance answers, an error too, is no failure of it.
 */
public enum InstanceFailure {
  /** Nothing listens at its address. */
  REFUSED(Blame.INSTANCE),
  /** No TLS connection came about. */
  INSECURE(Blame.INSTANCE),
  /** The connect took too long: its backlog may be full, or the network slow. */
  CONNECT_TIMEOUT(Blame.NOBODY),
  /** No way to it was found: its name, its network, or the router's own sockets. */
  UNREACHABLE(Blame.NOBODY),
  /** It closed an idle connection just when that was used again. */
  CLOSED_IDLE(Blame.NOBODY),
  /** It closed or reset the request's connection without an answer. */
  CLOSED(Blame.INSTANCE_OR_CLIENT),
  /** What it answered is not HTTP. */
  NOT_HTTP(Blame.INSTANCE_OR_CLIENT),
  /** Its first byte did not come in time. */
  NO_FIRST_BYTE(Blame.INSTANCE_OR_CLIENT);

  private final Blame blame;
  private final String label;

  /** Whose fault a failure may be. */
  enum Blame {
    /** No request can bring it about. */
    INSTANCE,
    /** A request that the instance does not survive looks the same. */
    INSTANCE_OR_CLIENT,
    /** It happens to healthy instances: only a reason to check. */
    NOBODY
  }

  InstanceFailure(Blame blame) {
    this.blame = blame;
    this.label = name().toLowerCase(Locale.ROOT);
  }

  Blame blame() {
    return blame;
  }

  /** The value of the metric label {@code reason}. */
  public String label() {
    return label;
  }
}
