/**
 * The chat page of the demo: the page's files, and the small HTTP server that hands them out and
 * passes the page's calls on to the router, which a browser may not call on another origin.
 */
@NullMarked
package io.sessionrouter.local.chat;

import org.jspecify.annotations.NullMarked;
