/**
 * The front desk: HTTP towards clients, the pipeline a request walks through, and the one place
 * that writes errors.
 */
@NullMarked
package io.sessionrouter.gateway;

import org.jspecify.annotations.NullMarked;
