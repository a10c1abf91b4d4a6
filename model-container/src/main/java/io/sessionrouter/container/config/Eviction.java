package io.sessionrouter.container.config;

/** What may be taken from idle sessions when a request finds no memory. */
public enum Eviction {
  /** Nothing: a session lives until it is closed or expires, and the request is refused. */
  NONE,
  /** The least recently used idle sessions, so that new ones find room. */
  LRU
}
