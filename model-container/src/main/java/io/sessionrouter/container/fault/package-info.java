/**
 * Every way a request can fail: one table of codes, HTTP statuses and what a client may do about
 * it.
 */
@NullMarked
package io.sessionrouter.container.fault;

import org.jspecify.annotations.NullMarked;
