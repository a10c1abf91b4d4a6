package io.sessionrouter.testing;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority of the tests' own; its keys live as long as the JVM. */
public final class TestCa {
  private static final Duration VALID = Duration.ofDays(2);

  public static final TestCa OURS = new TestCa("CN=ours");
  public static final TestCa STRANGERS = new TestCa("CN=strangers");

  private final AtomicLong serial = new AtomicLong(1);
  private final KeyPair keys = newKeys();
  private final X509Certificate certificate;

  private TestCa(String name) {
    this.certificate = sign(new X500Principal(name), new X500Principal(name), keys, true);
  }

  public X509Certificate certificate() {
    return certificate;
  }

  /**
   * A new identity with a serial number of its own.
   *
   * @param names host names or IP addresses
   */
  public TestIdentity identity(String... names) {
    KeyPair own = newKeys();
    X500Principal subject = new X500Principal("CN=" + names[0]);
    X509Certificate signed =
        sign(certificate.getSubjectX500Principal(), subject, own, false, names);
    return new TestIdentity(own.getPrivate(), signed);
  }

  private X509Certificate sign(
      X500Principal issuer, X500Principal subject, KeyPair of, boolean ca, String... names) {
    try {
      Instant now = Instant.now();
      var builder =
          new JcaX509v3CertificateBuilder(
              issuer,
              BigInteger.valueOf(serial.getAndIncrement()),
              Date.from(now.minus(VALID)),
              Date.from(now.plus(VALID)),
              subject,
              of.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(ca));
      if (names.length > 0) {
        builder.addExtension(Extension.subjectAlternativeName, false, alternatives(names));
      }
      var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate());
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static GeneralNames alternatives(String... names) {
    return new GeneralNames(
        Arrays.stream(names).map(TestCa::alternative).toArray(GeneralName[]::new));
  }

  private static GeneralName alternative(String name) {
    boolean address = name.matches("[0-9.]+");
    return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, name);
  }

  private static KeyPair newKeys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As a PEM file, which is replaced. */
  public void write(Path file) throws IOException {
    try {
      TestIdentity.write(file, "CERTIFICATE", certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whom to trust. */
  public KeyStore trustStore() {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("ca", certificate);
      return store;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
