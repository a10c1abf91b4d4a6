/**
 * Who is calling, and what may they do and use?
 *
 * <p>{@link io.sessionrouter.auth.Authenticator} answers both for a request's head. Whom it knows
 * is in {@link io.sessionrouter.auth.Principals}, an immutable snapshot of a file that may change
 * while the router runs. What no grant allows is denied.
 */
@NullMarked
package io.sessionrouter.auth;

import org.jspecify.annotations.NullMarked;
