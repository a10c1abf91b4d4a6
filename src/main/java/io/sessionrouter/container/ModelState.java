package io.sessionrouter.container;

/**
 * What a container says of one model that it lists. A name alone says nothing: some containers list
 * a model as soon as its load begins, and keep the name when the load has failed.
 */
public enum ModelState {
  /** It has workers that serve. */
  READY,
  /** It has no worker that serves yet. */
  LOADING,
  /** It has no worker at all: its load has not got that far, or has failed. */
  EMPTY,
  /** Its load has failed. */
  FAILED,
  /** It is not there, or the container does not report single models. */
  ABSENT,
  /** It is there, and nothing is said of how it is. */
  UNSAID,
  /** The container did not answer. */
  UNKNOWN;

  /** A name without a model behind it. */
  public boolean hollow() {
    return this == EMPTY || this == FAILED;
  }
}
