package io.sessionrouter.container.host;

import io.quarkus.runtime.configuration.MemorySize;
import io.sessionrouter.container.config.ModelConfig;
import io.sessionrouter.container.engine.TorchEngine;
import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.telemetry.ContainerMetrics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.jboss.logging.Logger;

/**
 * The models of a container that loads them when asked to, by name.
 *
 * <p>Who asks for a model that is being loaded waits for that load. A load goes on when those who
 * wait for it have gone: somebody wanted the model, and will ask again.
 */
public final class LoadedModels implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(LoadedModels.class);

  private final ConcurrentHashMap<String, Slot> slots = new ConcurrentHashMap<>();
  private final ContainerMetrics metrics;
  private final Duration unloadTimeout;
  private final ModelLoader loader;
  private final LoadQueue queue;
  private final String device;

  /** What a name stands for. */
  private sealed interface Slot {
    /** On its way in. */
    record Loading(String url, CompletableFuture<ManagedModel> done) implements Slot {}

    /** Serving. */
    record Loaded(ManagedModel managed) implements Slot {}

    /** On its way out. */
    record Unloading(CompletableFuture<Void> done) implements Slot {}
  }

  /** No models yet, on an engine that has started. */
  public LoadedModels(
      ModelConfig config, TorchEngine engine, InstantSource clock, ContainerMetrics metrics) {
    var multi = config.multi();
    long limit = multi.memory().map(MemorySize::asLongValue).orElse(engine.freeMemory() / 4 * 3);
    var memory = new ModelMemory(limit, multi.maxModels());
    this.metrics = metrics;
    this.device = engine.device();
    this.unloadTimeout = multi.unloadTimeout();
    this.loader = new ModelLoader(config, clock, metrics, memory);
    this.queue = new LoadQueue(multi.maxLoads(), multi.maxQueuedLoads());
    metrics.gauge("models_loaded", "Models that serve", () -> list().size());
    metrics.gauge("models_loading", "Models on their way in", this::loading);
    metrics.gauge("model_memory_used_bytes", "Bytes that models reserve", memory::used);
    metrics.gauge("model_memory_limit_bytes", "Bytes that models may reserve", memory::limit);
    LOG.infof("ready to load models on %s, %d MiB for them", device, limit >> 20);
  }

  /** Loads a model and waits until it serves; joins a load of it that runs already. */
  public ManagedModel load(String name, String url) throws InterruptedException {
    // Now, not in the queue: what is malformed need not wait for its turn.
    loader.parse(url);
    while (true) {
      var mine = new Slot.Loading(url, new CompletableFuture<>());
      switch (slots.putIfAbsent(name, mine)) {
        case null -> {
          return begun(name, mine);
        }
        case Slot.Loading other when other.url().equals(url) -> {
          return await(other.done());
        }
        case Slot.Loading other ->
            throw Fault.MODEL_LOADING.because("%s is being loaded from another url", name);
        case Slot.Loaded there ->
            throw Fault.MODEL_ALREADY_LOADED.because("%s is loaded already", name);
        case Slot.Unloading going -> await(going.done());
      }
    }
  }

  private ManagedModel begun(String name, Slot.Loading slot) throws InterruptedException {
    var timer = new LoadTimer();
    try {
      queue.add(() -> run(name, slot, timer));
    } catch (FaultException full) {
      fail(name, slot, full);
    }
    return await(slot.done());
  }

  private void run(String name, Slot.Loading slot, LoadTimer timer) {
    try {
      timer.end(LoadPhase.QUEUE);
      succeed(name, slot, loader.load(name, slot.url(), timer));
    } catch (FaultException expected) {
      fail(name, slot, expected);
    } catch (InterruptedException stopped) {
      fail(name, slot, Fault.NOT_READY.because("the container is stopping"));
    } catch (RuntimeException | Error bug) {
      LOG.error("loading a model failed unexpectedly", bug);
      fail(name, slot, Fault.INTERNAL.because("an internal error; see the container's log"));
    }
  }

  private void succeed(String name, Slot.Loading slot, ManagedModel managed) {
    if (!slots.replace(name, slot, new Slot.Loaded(managed))) {
      // The container stopped meanwhile and has notified those who waited.
      managed.close();
      return;
    }
    metrics.modelLoad("ok");
    managed.loadTimes().forEach((phase, took) -> metrics.modelLoadPhase(phase.label(), took));
    slot.done().complete(managed);
  }

  private void fail(String name, Slot.Loading slot, FaultException failure) {
    LOG.infof("%s was not loaded: %s: %s", name, failure.fault(), failure.text());
    metrics.modelLoad(failure.fault().label());
    slots.remove(name, slot);
    slot.done().completeExceptionally(failure);
  }

  private static <T> T await(CompletableFuture<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof RuntimeException cause
          ? cause
          : new CompletionException(failed.getCause());
    }
  }

  /** Those that serve, by name. */
  public List<ManagedModel> list() {
    return slots.values().stream()
        .filter(Slot.Loaded.class::isInstance)
        .map(slot -> ((Slot.Loaded) slot).managed())
        .sorted(Comparator.comparing(ManagedModel::name))
        .toList();
  }

  private int loading() {
    return (int) slots.values().stream().filter(Slot.Loading.class::isInstance).count();
  }

  /** The one of this name. */
  public ManagedModel get(String name) {
    return switch (slots.get(name)) {
      case Slot.Loaded there -> there.managed();
      case Slot.Loading coming -> throw notFound("is still being loaded");
      case Slot.Unloading going -> throw notFound("is being unloaded");
      case null -> throw notFound("is not loaded");
    };
  }

  private static FaultException notFound(String what) {
    return Fault.MODEL_NOT_FOUND.because("this model %s", what);
  }

  /** Unloads one that holds no session and runs no request, in one step; else refuses. */
  public void unloadIfIdle(String name) throws InterruptedException {
    LoadedModel model = get(name).model();
    if (!model.retireIfIdle()) {
      throw Fault.MODEL_IN_USE.because(
          "this model holds %d sessions and runs %d requests",
          model.sessions().size(), model.requests());
    }
    unload(name);
  }

  /** Unloads one: no request may begin, those that run may end, then its memory is free. */
  public void unload(String name) throws InterruptedException {
    ManagedModel managed = get(name);
    var going = new Slot.Unloading(new CompletableFuture<>());
    if (!slots.replace(name, new Slot.Loaded(managed), going)) {
      throw notFound("is being unloaded");
    }
    try {
      managed.unload(unloadTimeout);
      metrics.modelUnloaded();
      LOG.infof("%s was unloaded", name);
    } finally {
      slots.remove(name, going);
      going.done().complete(null);
    }
  }

  /** The model of this name, where requests for it go. */
  public LoadedModel serving(String name) {
    LoadedModel model = get(name).model();
    if (!model.alive()) {
      throw Fault.NOT_READY.because("the model's engine has failed; unload it and load it again");
    }
    return model;
  }

  /** The device that models run on. */
  public String device() {
    return device;
  }

  /** Gives up what is being loaded and frees what is loaded. */
  @Override
  public void close() {
    queue.close();
    slots.forEach(this::close);
    slots.clear();
    loader.close();
  }

  private void close(String name, Slot slot) {
    switch (slot) {
      case Slot.Loading coming ->
          fail(name, coming, Fault.NOT_READY.because("the container is stopping"));
      case Slot.Loaded there -> there.managed().close();
      case Slot.Unloading going -> LOG.debugf("%s is being unloaded already", name);
    }
  }
}
