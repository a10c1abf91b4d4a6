package io.sessionrouter.app;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;

/** Discovery of the packaged router: the jar, or the native binary if that was built. */
@QuarkusIntegrationTest
@QuarkusTestResource(value = Cluster.class, restrictToAnnotatedClass = true)
class RouterDiscoveryIT extends DiscoveryBehaviour {}
