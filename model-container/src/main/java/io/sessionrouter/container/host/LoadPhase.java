package io.sessionrouter.container.host;

import java.util.Locale;

/** The phases of loading a model, in their order. */
public enum LoadPhase {
  /** It waits for other loads. */
  QUEUE,
  /** Its artifact comes to this machine. */
  DOWNLOAD,
  /** The artifact is unpacked and checked. */
  UNPACK,
  /** PyTorch loads it and it is tried out. */
  LOAD,
  /** It answers for the first time. */
  WARM_UP;

  /** The name in metrics. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
