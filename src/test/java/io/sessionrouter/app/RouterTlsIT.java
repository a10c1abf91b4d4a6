package io.sessionrouter.app;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;

/** TLS on both sides of the packaged router: the jar, or the native binary if that was built. */
@QuarkusIntegrationTest
@QuarkusTestResource(value = RouterWithTls.class, restrictToAnnotatedClass = true)
class RouterTlsIT extends SecureTest {}
