package io.sessionrouter.tls;

import io.quarkus.tls.TlsConfiguration;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of one configuration at one time.
 *
 * @param own shown to the other side
 * @param trusted the other side's must be signed by one of them
 */
record Certificates(Set<Certificate> own, Set<Certificate> trusted) {

  static Certificates of(TlsConfiguration configuration) throws KeyStoreException {
    return new Certificates(in(configuration.getKeyStore()), in(configuration.getTrustStore()));
  }

  private static Set<Certificate> in(@Nullable KeyStore store) throws KeyStoreException {
    Set<Certificate> certificates = new HashSet<>();
    if (store != null) {
      for (String alias : Collections.list(store.aliases())) {
        certificates.add(store.getCertificate(alias));
      }
    }
    return Set.copyOf(certificates);
  }

  /** For the log: what an operator compares with the file. */
  @Override
  public String toString() {
    return own.stream().map(Certificates::shown).toList() + " trusted=" + trusted.size();
  }

  private static String shown(Certificate certificate) {
    return certificate instanceof X509Certificate x509
        ? "serial=%x until=%s".formatted(x509.getSerialNumber(), x509.getNotAfter().toInstant())
        : certificate.getType();
  }
}
