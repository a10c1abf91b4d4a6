package io.sessionrouter.app;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;

/** Response streams of the packaged router: the jar, or the native binary if that was built. */
@QuarkusIntegrationTest
@QuarkusTestResource(value = RouterWithRedis.class, restrictToAnnotatedClass = true)
class RouterStreamIT extends SdkStreamTest {}
