/** The whole router as an application: real Redis, real clients, containers of a test's own. */
@NullMarked
package io.sessionrouter.app;

import org.jspecify.annotations.NullMarked;
