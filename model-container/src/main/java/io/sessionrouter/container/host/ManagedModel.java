package io.sessionrouter.container.host;

import java.time.Duration;
import java.util.Map;

/** A model that was loaded on demand: its name, where it came from, and what it takes. */
public final class ManagedModel {
  private final String name;
  private final String url;
  private final LoadedModel model;
  private final ModelMemory.Share share;
  private final long weightBytes;
  private final Map<LoadPhase, Duration> loadTimes;

  ManagedModel(
      String name,
      String url,
      LoadedModel model,
      ModelMemory.Share share,
      long weightBytes,
      Map<LoadPhase, Duration> loadTimes) {
    this.name = name;
    this.url = url;
    this.model = model;
    this.share = share;
    this.weightBytes = weightBytes;
    this.loadTimes = loadTimes;
  }

  public String name() {
    return name;
  }

  /** The URL it was loaded from, as it was given. */
  public String url() {
    return url;
  }

  public LoadedModel model() {
    return model;
  }

  public long weightBytes() {
    return weightBytes;
  }

  /** How long each phase of its load took. */
  public Map<LoadPhase, Duration> loadTimes() {
    return loadTimes;
  }

  /** Lets its requests end, within this time, then frees it. */
  void unload(Duration limit) throws InterruptedException {
    try {
      model.unload(limit);
    } finally {
      share.close();
    }
  }

  /** Frees it at once. */
  void close() {
    model.close();
    share.close();
  }
}
