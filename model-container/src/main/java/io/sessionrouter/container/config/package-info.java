/** The keys a person sets, as one validated interface; its Javadoc is their documentation. */
@NullMarked
package io.sessionrouter.container.config;

import org.jspecify.annotations.NullMarked;
