package io.sessionrouter.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Base64;

/** A certificate with its key. */
public record TestIdentity(PrivateKey key, X509Certificate certificate) {
  static final char[] PASSWORD = "password".toCharArray();

  /** As a key store with one entry. */
  public KeyStore keyStore() {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("own", key, PASSWORD, new Certificate[] {certificate});
      return store;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As PEM files, which are replaced. */
  public void write(Path certificateFile, Path keyFile) throws IOException {
    try {
      write(certificateFile, "CERTIFICATE", certificate.getEncoded());
      write(keyFile, "PRIVATE KEY", key.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One PEM file. Nobody ever reads a half of it. */
  public static void write(Path file, String kind, byte[] bytes) throws IOException {
    String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    Path fresh = Files.createTempFile(file.getParent(), "fresh", ".pem");
    Files.writeString(
        fresh, "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
