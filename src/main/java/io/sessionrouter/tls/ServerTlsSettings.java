package io.sessionrouter.tls;

import org.jspecify.annotations.Nullable;

/**
 * TLS towards clients.
 *
 * @param configurationName in the TLS registry; null for plain HTTP
 * @param clientAuth whether clients must show a certificate
 */
public record ServerTlsSettings(@Nullable String configurationName, boolean clientAuth) {
  /** Plain HTTP. */
  public static final ServerTlsSettings NONE = new ServerTlsSettings(null, false);
}
