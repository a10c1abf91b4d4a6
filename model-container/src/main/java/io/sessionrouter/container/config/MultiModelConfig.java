package io.sessionrouter.container.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a person sets about loading many models into one container. */
public interface MultiModelConfig {
  /** Whether models are loaded when asked for, through {@code /models}, instead of one at start. */
  @WithDefault("false")
  boolean enabled();

  /** Bytes all models may take, sessions included; 3/4 of the device's free memory if unset. */
  Optional<MemorySize> memory();

  /** How many models may be loaded, whatever the memory. */
  @WithDefault("100")
  int maxModels();

  /** How many models are loaded at the same time. */
  @WithDefault("2")
  int maxLoads();

  /** How many more loads may wait; the next one gets 503. */
  @WithDefault("32")
  int maxQueuedLoads();

  /** How long fetching an artifact may take. */
  @WithDefault("5m")
  Duration fetchTimeout();

  /** How long requests that run when their model is unloaded may still take. */
  @WithDefault("60s")
  Duration unloadTimeout();

  /** The largest artifact, packed. */
  @WithDefault("8G")
  MemorySize maxArtifact();

  /** The largest artifact, unpacked. */
  @WithDefault("16G")
  MemorySize maxUnpacked();

  /** How many files and folders an artifact may have. */
  @WithDefault("1000")
  int maxEntries();

  /**
   * Where artifacts are unpacked until they are loaded; in the system's temporary folder if unset.
   */
  Optional<Path> workDir();

  /** What a model's URL must begin with; any URL if unset. */
  Optional<List<String>> urlPrefixes();
}
