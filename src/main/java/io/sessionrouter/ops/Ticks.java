package io.sessionrouter.ops;

/** What calls an action again and again, one call at a time; never on an event loop. */
interface Ticks {
  void begin(Runnable tick);

  void end();
}
