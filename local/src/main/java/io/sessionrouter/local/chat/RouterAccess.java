package io.sessionrouter.local.chat;

import java.net.URI;

/**
 * The router, and what it knows the page's server by.
 *
 * @param dataPort where it is asked
 * @param management where its own pages are
 */
record RouterAccess(URI dataPort, URI management, String bearerKey) {

  /** Without the key. */
  @Override
  public String toString() {
    return dataPort.toString();
  }
}
