package io.sessionrouter.fleet;

/** Why an instance gets no new work although it may be healthy; its sessions go on. */
public enum DrainReason {
  /** An operator asked for it. */
  OPERATOR,
  /** The container says so in its health checks. */
  CONTAINER,
  /** Its pod was asked to end. */
  TERMINATING,
  /** Kubernetes does not hold it ready. */
  NOT_READY,
  /** Its address is no longer in DNS. */
  UNLISTED
}
