/** What tests of several rooms share: real servers, on loopback and free ports. */
@NullMarked
package io.sessionrouter.testing;

import org.jspecify.annotations.NullMarked;
