package io.sessionrouter.container.host;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.container.config.ConfigCheck;
import io.sessionrouter.container.config.ModelConfig;
import io.sessionrouter.container.config.SettingException;
import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.model.ManifestException;
import io.sessionrouter.container.model.ModelFolder;
import io.sessionrouter.container.telemetry.ContainerMetrics;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Loads the configured model behind the scenes, and hands it out once it has answered. */
@ApplicationScoped
public class ModelHost implements ModelSource {
  private static final Logger LOG = Logger.getLogger(ModelHost.class);

  private final ModelConfig config;
  private final ContainerMetrics metrics;
  private volatile Phase phase = new Phase.Loading();
  private @Nullable Thread loader;

  /** How far the model is. */
  private sealed interface Phase {
    /** Not yet. */
    record Loading() implements Phase {}

    /** Serving. */
    record Ready(LoadedModel model) implements Phase {}

    /** No more. */
    record Stopped() implements Phase {}
  }

  /** A host for the configured model. */
  public ModelHost(ModelConfig config, ContainerMetrics metrics) {
    this.config = config;
    this.metrics = metrics;
  }

  void start(@Observes StartupEvent event) {
    loader = Thread.ofPlatform().name("model-loader").start(this::load);
  }

  private void load() {
    try {
      ConfigCheck.checked(config);
      ModelFolder folder = ModelFolder.open(config.path().orElseGet(BundledModel::path));
      phase = new Phase.Ready(LoadedModel.load(folder, config, Clock.systemUTC(), metrics));
    } catch (InterruptedException stopped) {
      LOG.info("stopped while the model was loading");
    } catch (ManifestException | SettingException unusable) {
      LOG.errorf("cannot serve: %s", unusable.getMessage());
      Quarkus.asyncExit(1);
    } catch (RuntimeException | LinkageError failed) {
      LOG.error("cannot serve", failed);
      Quarkus.asyncExit(1);
    }
  }

  @Override
  public LoadedModel model() {
    return switch (phase) {
      case Phase.Loading loading -> throw Fault.NOT_READY.because("the model is still loading");
      case Phase.Stopped stopped -> throw Fault.NOT_READY.because("the container is stopping");
      case Phase.Ready ready -> alive(ready.model());
    };
  }

  private static LoadedModel alive(LoadedModel model) {
    if (!model.alive()) {
      throw Fault.NOT_READY.because("the engine has failed; the container must be restarted");
    }
    return model;
  }

  void stop(@Observes ShutdownEvent event) throws InterruptedException {
    if (loader != null) {
      loader.interrupt();
      loader.join();
    }
    Phase last = phase;
    phase = new Phase.Stopped();
    if (last instanceof Phase.Ready ready) {
      ready.model().close();
    }
  }
}
