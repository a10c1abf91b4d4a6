package io.sessionrouter.container.text;

/** Turns the ids of one reply into text as they come; half a character waits for its other half. */
public interface TextDecoder {
  /** Adds one id and gives the text that is complete now; may be empty. */
  String append(long id);

  /** Gives what was still waiting; an incomplete character becomes a replacement character. */
  String finish();
}
