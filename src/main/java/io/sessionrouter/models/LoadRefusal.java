package io.sessionrouter.models;

import io.sessionrouter.domain.FailureKind;
import io.sessionrouter.domain.RouterException;

/** A container's word that it cannot load a model. */
public final class LoadRefusal extends RouterException {
  private static final long serialVersionUID = 1L;

  private final String variant;
  private final int status;

  LoadRefusal(String variant, int status, String message) {
    super(FailureKind.MODEL_LOAD_FAILED, message);
    this.variant = variant;
    this.status = status;
  }

  public String variant() {
    return variant;
  }

  /** What the container answered with. */
  public int status() {
    return status;
  }
}
