package io.sessionrouter.app;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusIntegrationTest;

/**
 * Multi-model endpoints of the packaged router: the jar, or the native binary if that was built.
 */
@QuarkusIntegrationTest
@QuarkusTestResource(value = RouterWithModels.class, restrictToAnnotatedClass = true)
class RouterModelsIT extends ModelsTest {}
