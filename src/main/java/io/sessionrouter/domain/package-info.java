/**
 * The vocabulary every room speaks: records, enums and sealed interfaces.
 *
 * <p>Nothing here knows Netty, Quarkus or Redis, so that a reader can learn the words of the router
 * before its machinery.
 */
@NullMarked
package io.sessionrouter.domain;

import org.jspecify.annotations.NullMarked;
