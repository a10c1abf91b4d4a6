package io.sessionrouter.container.text;

/** Where the text of a reply goes, piece by piece, as soon as it is certain. */
@FunctionalInterface
public interface TextSink {
  /** Takes the next piece; called by the thread that computes, so it must not wait. */
  void accept(String piece);
}
