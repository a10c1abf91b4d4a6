package io.sessionrouter.upstream;

import io.netty.channel.ConnectTimeoutException;
import io.sessionrouter.tls.InstanceAddresses;
import javax.net.ssl.SSLException;

/** Why there is no connection to an instance. */
public enum ConnectFailure {
  /** Nothing listens at its address. */
  REFUSED,
  /** It did not accept in time. */
  TIMED_OUT,
  /** It accepted, but no TLS connection came about. */
  INSECURE,
  /** No way to it was found: its name, its network, or our own sockets. */
  NO_WAY;

  static ConnectFailure of(Throwable cause) {
    if (cause instanceof ConnectTimeoutException) {
      return TIMED_OUT;
    }
    if (cause instanceof SSLException) {
      return INSECURE;
    }
    return InstanceAddresses.isRefusal(cause) ? REFUSED : NO_WAY;
  }
}
