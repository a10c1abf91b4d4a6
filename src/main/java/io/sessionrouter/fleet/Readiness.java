package io.sessionrouter.fleet;

/** What a discovery says of an instance it lists. */
public enum Readiness {
  /** It may get new work, if its health allows. */
  READY,
  /** Its own platform does not send it work now; its state may be there. */
  NOT_READY,
  /** It was asked to end; its state is there until it does. */
  TERMINATING,
  /** It is listed no longer, but that alone does not say that its state is gone. */
  UNLISTED
}
