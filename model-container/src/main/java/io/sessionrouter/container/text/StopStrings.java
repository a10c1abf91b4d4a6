package io.sessionrouter.container.text;

import java.util.List;

/**
 * Looks for the texts that end a reply, also where one begins in one token and ends in another.
 *
 * <p>What could still become a stop text is held back; so nothing is ever shown and then taken
 * back.
 */
public final class StopStrings {
  private final List<String> stops;
  private final StringBuilder held = new StringBuilder();
  private boolean found;

  /** Looks for any of these texts. */
  public StopStrings(List<String> stops) {
    this.stops = List.copyOf(stops);
  }

  /** Adds text and gives what is certain not to belong to a stop text. */
  public String append(String text) {
    held.append(text);
    int stop = firstStop();
    found = stop >= 0;
    return take(found ? stop : held.length() - unsure());
  }

  /** Gives what was held back when no more text comes. */
  public String finish() {
    return found ? "" : take(held.length());
  }

  /** Whether a stop text was seen. */
  public boolean found() {
    return found;
  }

  private int firstStop() {
    return stops.stream().mapToInt(held::indexOf).filter(at -> at >= 0).min().orElse(-1);
  }

  private int unsure() {
    return stops.stream().mapToInt(this::overlap).max().orElse(0);
  }

  private int overlap(String stop) {
    int length = Math.min(stop.length() - 1, held.length());
    while (length > 0 && !stop.startsWith(held.substring(held.length() - length))) {
      length--;
    }
    return length;
  }

  private String take(int length) {
    String text = held.substring(0, length);
    held.delete(0, length);
    return text;
  }
}
