package io.sessionrouter.container.generation;

import io.sessionrouter.container.text.StopStrings;
import io.sessionrouter.container.text.TextDecoder;

/** The text of a growing reply: what each of its tokens makes certain. */
final class Reply {
  private final TextDecoder decoder;
  private final StopStrings stops;

  Reply(TextDecoder decoder, StopStrings stops) {
    this.decoder = decoder;
    this.stops = stops;
  }

  /** Adds a token and gives the text that is certain now. */
  String append(long id) {
    return stops.append(decoder.append(id));
  }

  /** Whether a stop text was completed. */
  boolean stopped() {
    return stops.found();
  }

  /** Gives what was held back, when no more tokens come. */
  String finish() {
    String rest = stops.append(decoder.finish());
    return stops.found() ? rest : rest + stops.finish();
  }
}
