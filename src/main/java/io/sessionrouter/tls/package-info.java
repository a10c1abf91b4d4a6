/**
 * TLS on both sides: who the router is towards clients, and whom it trusts among instances.
 * Certificates come from Quarkus' TLS registry and are followed when it reloads them.
 */
@NullMarked
package io.sessionrouter.tls;

import org.jspecify.annotations.NullMarked;
