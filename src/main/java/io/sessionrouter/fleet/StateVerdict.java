package io.sessionrouter.fleet;

/** What this replica knows of a session's state. */
public enum StateVerdict {
  /** It is with its instance, unless that one's own answer says otherwise. */
  HELD,
  /** It may be with its instance: its own answer shows, or what is learnt next. */
  LIKELY,
  /** It may be gone, and whatever answers at the instance's address could not know. */
  UNSURE,
  /** It is certainly not there any more. */
  LOST
}
