/** Tests of the launcher, and of the whole system that it starts. */
@NullMarked
package io.sessionrouter.local;

import org.jspecify.annotations.NullMarked;
