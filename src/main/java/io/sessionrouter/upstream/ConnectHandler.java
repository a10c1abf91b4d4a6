package io.sessionrouter.upstream;

/** What asked for a connection; called on the event loop. */
public interface ConnectHandler {
  void onConnection(InstanceConnection connection);

  /** The instance could not be reached in time; nothing was sent to it. */
  void onUnreachable(ConnectFailure why);

  /** Whether a connection is still of use. */
  boolean wanted();
}
