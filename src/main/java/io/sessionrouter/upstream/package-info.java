/** Talks to instances: connections, the header policy towards containers, the relay of bytes. */
@NullMarked
package io.sessionrouter.upstream;

import org.jspecify.annotations.NullMarked;
