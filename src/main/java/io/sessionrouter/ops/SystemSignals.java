package io.sessionrouter.ops;

import java.util.function.IntConsumer;
import sun.misc.Signal;

/**
 * The signals of the operating system.
 *
 * <p>The JDK has no other way to them than this one, of which its compiler always warns; so this
 * class stands alone and is compiled apart.
 */
final class SystemSignals {
  private SystemSignals() {}

  /** Replaces what the JVM does on a signal; the consumer gets the signal's number. */
  static void handle(String name, IntConsumer received) {
    Signal.handle(new Signal(name), signal -> received.accept(signal.getNumber()));
  }
}
