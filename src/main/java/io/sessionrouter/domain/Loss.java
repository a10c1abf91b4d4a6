package io.sessionrouter.domain;

/** How an instance was lost, and with it the state of its sessions. */
public enum Loss {
  /** Nothing listens at its address. */
  GONE,
  /** Its container began anew. */
  RESTARTED,
  /** It left the fleet. */
  LEFT
}
