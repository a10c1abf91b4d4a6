package io.sessionrouter.auth;

import io.netty.handler.codec.http.HttpRequest;
import io.sessionrouter.domain.RouterException;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** Finds out who sends a request, and whether they may. Never blocks; safe on all threads. */
public interface Authenticator {

  /**
   * Reads from a head who sent it.
   *
   * @throws RouterException for whatever the head shows to be wrong
   */
  default AuthenticatedRequest authenticate(HttpRequest head) throws RouterException {
    return authenticate(head, null);
  }

  /**
   * The same on a connection whose client may have shown a certificate.
   *
   * @param subject of the certificate that the TLS handshake verified; null if there is none
   */
  AuthenticatedRequest authenticate(HttpRequest head, @Nullable X500Principal subject)
      throws RouterException;

  /**
   * Reads who has a bearer key, where nothing else will do.
   *
   * @param authorization the header's value; null if there is none
   * @throws RouterException if nobody has it, or no longer
   */
  Caller bearer(@Nullable String authorization) throws RouterException;

  /**
   * Refuses what no grant allows.
   *
   * @param endpoint null for what concerns them all
   * @throws RouterException if the caller may not
   */
  void authorize(Caller caller, Action action, @Nullable String endpoint) throws RouterException;
}
