package io.sessionrouter.local;

import java.io.PrintStream;
import java.util.Locale;

/** Lines on the terminal that report what is being done and how long it took. */
final class Progress {
  private final PrintStream out;
  private final long begin = System.nanoTime();

  Progress(PrintStream out) {
    this.out = out;
  }

  /** A step, with the time since the start. */
  void step(String text) {
    print(String.format(Locale.ROOT, "[%5.1f s] %s", seconds(), text));
  }

  /** Text as it is. */
  void print(String text) {
    out.println(text);
    out.flush();
  }

  /** Since the start. */
  double seconds() {
    return (System.nanoTime() - begin) / 1e9;
  }
}
