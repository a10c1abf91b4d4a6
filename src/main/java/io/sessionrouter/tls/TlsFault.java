package io.sessionrouter.tls;

import java.security.GeneralSecurityException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why a connection could not be secured, in words for an operator. */
public final class TlsFault {
  private static final int MAX_DEPTH = 16;

  private TlsFault() {}

  /** The reason, or null if the failure has nothing to do with TLS. */
  public static @Nullable String of(Throwable failure) {
    Throwable tls = null;
    Throwable certificate = null;
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < MAX_DEPTH; depth++) {
      tls = tls == null && cause instanceof SSLException ? cause : tls;
      certificate = cause instanceof GeneralSecurityException ? cause : certificate;
      cause = cause.getCause();
    }
    if (tls == null) {
      return null;
    }
    return certificate == null
        ? "TLS handshake failed: " + tls.getMessage()
        : "certificate not trusted: " + certificate.getMessage();
  }
}
