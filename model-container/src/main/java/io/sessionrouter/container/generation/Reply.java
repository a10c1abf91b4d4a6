package io.sessionrouter.container.generation;

import io.sessionrouter.container.text.StopStrings;
import io.sessionrouter.container.text.TextDecoder;
import io.sessionrouter.container.text.TextSink;

/** The text of a growing reply, on its way from token ids to the sink. */
final class Reply {
  private final TextDecoder decoder;
  private final StopStrings stops;
  private final TextSink sink;

  Reply(TextDecoder decoder, StopStrings stops, TextSink sink) {
    this.decoder = decoder;
    this.stops = stops;
    this.sink = sink;
  }

  /** Adds a token; whether it completed a stop text. */
  boolean append(long id) {
    emit(stops.append(decoder.append(id)));
    return stops.found();
  }

  /** Sends what was held back. */
  void finish() {
    if (!stops.found()) {
      emit(stops.append(decoder.finish()));
      emit(stops.finish());
    }
  }

  private void emit(String piece) {
    if (!piece.isEmpty()) {
      sink.accept(piece);
    }
  }
}
