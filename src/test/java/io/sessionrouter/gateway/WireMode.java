package io.sessionrouter.gateway;

import io.sessionrouter.testing.TestCa;
import io.sessionrouter.testing.TestIdentity;
import io.sessionrouter.testing.TestTls;

/** How rigs and containers talk unless a test says otherwise: in plain, or over TLS. */
final class WireMode {
  static final TestIdentity ROUTER = TestCa.OURS.identity("127.0.0.1", "localhost");
  static final TestIdentity CONTAINER = TestCa.OURS.identity("127.0.0.1");
  static final TestIdentity CLIENT = TestCa.OURS.identity("client");

  private static volatile String protocol;

  private WireMode() {}

  /**
   * From now on, in all tests.
   *
   * @param next a version of TLS, null for plain
   */
  static void speak(String next) {
    protocol = next;
  }

  static TestTls clients() {
    return protocol == null ? null : TestTls.trusting(TestCa.OURS).as(ROUTER).only(protocol);
  }

  static TestTls instances() {
    return protocol == null ? null : TestTls.trusting(TestCa.OURS).only(protocol);
  }

  static TestTls containers() {
    return protocol == null ? null : TestTls.trusting(TestCa.OURS).as(CONTAINER);
  }
}
