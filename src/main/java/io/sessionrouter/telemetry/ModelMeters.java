package io.sessionrouter.telemetry;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.sessionrouter.domain.FailureKind;
import java.time.Duration;
import java.util.function.IntSupplier;

/** The meters of models that are loaded on demand; never labelled with a model's name. */
public final class ModelMeters {
  private static final String SUCCESS = "success";
  private static final String MODEL_LOAD = "model_load";

  private final MeterRegistry registry;
  private final Gauges gauges;

  public ModelMeters(MeterRegistry registry) {
    this.registry = registry;
    this.gauges = new Gauges(registry);
  }

  public void loaded(String endpoint, String variant, long millis) {
    loadEnded(endpoint, variant, SUCCESS, millis);
  }

  public void loadFailed(String endpoint, String variant, FailureKind why, long millis) {
    loadEnded(endpoint, variant, why.label(), millis);
  }

  private void loadEnded(String endpoint, String variant, String outcome, long millis) {
    Metric.MODEL_LOADS.counter(registry, endpoint, variant, outcome).increment();
    Metric.MODEL_LOAD.timer(registry, endpoint, variant).record(atLeastZero(millis));
  }

  /** A model that no instance had was awaited; one start, however many requests waited for it. */
  public void coldStart(String endpoint, long millis) {
    coldStarts(endpoint).record(atLeastZero(millis));
  }

  private Timer coldStarts(String endpoint) {
    return Metric.COLD_START.timer(registry, endpoint, MODEL_LOAD);
  }

  /** A request waited so long for its model, and got it. */
  public void waited(String endpoint, String variant, long millis) {
    Metric.MODEL_WAIT.timer(registry, endpoint, variant).record(atLeastZero(millis));
  }

  /** A model was unloaded to make room for another. */
  public void unloaded(String endpoint, String variant) {
    Metric.MODEL_UNLOADS.counter(registry, endpoint, variant).increment();
  }

  /**
   * Shows a variant's models. Its counters begin here: an increase from nothing to one would be
   * none to Prometheus.
   */
  public Shown show(String endpoint, String variant, IntSupplier loaded) {
    Metric.MODEL_LOADS.counter(registry, endpoint, variant, SUCCESS);
    Metric.MODEL_UNLOADS.counter(registry, endpoint, variant);
    Metric.MODEL_LOAD.timer(registry, endpoint, variant);
    Metric.MODEL_WAIT.timer(registry, endpoint, variant);
    coldStarts(endpoint);
    return new Shown(gauges.show(Metric.MODELS_LOADED, loaded::getAsInt, endpoint, variant));
  }

  /** A variant whose number of models is shown. */
  public static final class Shown {
    private final Gauges.Source gauge;

    private Shown(Gauges.Source gauge) {
      this.gauge = gauge;
    }

    /** Shows it no longer; always true. */
    public boolean remove() {
      gauge.remove();
      return true;
    }
  }

  /** Clocks may be set back. */
  private static Duration atLeastZero(long millis) {
    return Duration.ofMillis(Math.max(0, millis));
  }
}
