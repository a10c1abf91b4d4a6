package io.sessionrouter.container.host;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.container.config.ConfigCheck;
import io.sessionrouter.container.config.ModelConfig;
import io.sessionrouter.container.config.SettingException;
import io.sessionrouter.container.engine.TorchEngine;
import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.model.ManifestException;
import io.sessionrouter.container.model.ModelFolder;
import io.sessionrouter.container.telemetry.ContainerMetrics;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Starts what is configured behind the scenes, one model or the engine for many, and hands it out
 * once it is ready.
 */
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
    record Ready(Serving serving, Runnable stop) implements Phase {}

    /** No more. */
    record Stopped() implements Phase {}
  }

  /** A host for what is configured. */
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
      phase = config.multi().enabled() ? many() : one();
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

  private Phase.Ready one() throws InterruptedException {
    ModelFolder folder = ModelFolder.open(config.path().orElseGet(BundledModel::path));
    LoadedModel model = LoadedModel.load(folder, config, Clock.systemUTC(), metrics);
    return new Phase.Ready(new Serving.Single(model), model::close);
  }

  private Phase.Ready many() {
    TorchEngine engine = TorchEngine.start(config.device(), config.threads());
    var models = new LoadedModels(config, engine, Clock.systemUTC(), metrics);
    return new Phase.Ready(new Serving.Many(models), models::close);
  }

  @Override
  public Serving serving() {
    return switch (phase) {
      case Phase.Loading loading -> throw Fault.NOT_READY.because("the model is still loading");
      case Phase.Stopped stopped -> throw Fault.NOT_READY.because("the container is stopping");
      case Phase.Ready ready -> ready.serving();
    };
  }

  void stop(@Observes ShutdownEvent event) throws InterruptedException {
    if (loader != null) {
      loader.interrupt();
      loader.join();
    }
    Phase last = phase;
    phase = new Phase.Stopped();
    if (last instanceof Phase.Ready ready) {
      ready.stop().run();
    }
  }
}
