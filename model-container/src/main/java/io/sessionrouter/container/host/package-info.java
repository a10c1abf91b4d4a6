/** Brings a model up and down, and says whether it is ready. */
@NullMarked
package io.sessionrouter.container.host;

import org.jspecify.annotations.NullMarked;
