/** Tests of the launcher. */
@NullMarked
package io.sessionrouter.local;

import org.jspecify.annotations.NullMarked;
