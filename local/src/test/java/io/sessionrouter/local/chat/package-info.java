/** What the chat page's server promises to browsers and to the router. */
@NullMarked
package io.sessionrouter.local.chat;

import org.jspecify.annotations.NullMarked;
