/** Tests of the whole system as processes of one machine, as its users see it. */
@NullMarked
package io.sessionrouter.e2e;

import org.jspecify.annotations.NullMarked;
