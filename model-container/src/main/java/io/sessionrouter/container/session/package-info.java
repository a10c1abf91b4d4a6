/** Who holds which state, for how long, and who may use it next. */
@NullMarked
package io.sessionrouter.container.session;

import org.jspecify.annotations.NullMarked;
