package io.sessionrouter.container.host;

import io.quarkus.runtime.configuration.MemorySize;
import io.sessionrouter.container.config.Eviction;
import io.sessionrouter.container.config.ModelConfig;
import io.sessionrouter.container.config.SettingException;
import io.sessionrouter.container.engine.TorchModel;
import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.generation.MemoryBudget;
import io.sessionrouter.container.generation.Prompt;
import io.sessionrouter.container.generation.Sampling;
import io.sessionrouter.container.generation.SequenceState;
import io.sessionrouter.container.generation.StepLoop;
import io.sessionrouter.container.model.ModelFolder;
import io.sessionrouter.container.session.EvictionPolicy;
import io.sessionrouter.container.session.Lifetime;
import io.sessionrouter.container.session.Sessions;
import io.sessionrouter.container.telemetry.ContainerMetrics;
import io.sessionrouter.container.text.ChatLayout;
import io.sessionrouter.container.text.Tokenizer;
import io.sessionrouter.container.text.Tokenizers;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;

/** A model that is loaded and has answered, with everything that serves it. */
public final class LoadedModel implements AutoCloseable, Sessions.States {
  private static final Logger LOG = Logger.getLogger(LoadedModel.class);

  private final TorchModel model;
  private final Tokenizer tokenizer;
  private final ChatLayout layout;
  private final StepLoop loop;
  private final MemoryBudget budget;
  private final Sessions sessions;
  private final Reaper reaper;

  private LoadedModel(
      ModelFolder folder,
      TorchModel model,
      ModelConfig config,
      InstantSource clock,
      ContainerMetrics metrics) {
    this.model = model;
    this.tokenizer = Tokenizers.load(folder.manifest());
    this.layout = new ChatLayout(folder.manifest().chat());
    this.budget = new MemoryBudget(sessionMemory(config));
    var limits = new StepLoop.Limits(config.maxConcurrency(), config.prefillChunk());
    var metered = new MeteredModel(model, metrics.steps());
    this.loop = new StepLoop(metered, tokenizer, layout, limits).start();
    this.sessions =
        new Sessions(
            this,
            new Lifetime(config.sessionTtl(), config.sessionIdleTimeout()),
            new EvictionPolicy(
                config.sessionEviction() == Eviction.LRU, config.sessionEvictionMinIdle()),
            clock,
            end -> metrics.sessionEnded(end.label()));
    this.reaper = new Reaper(sessions);
  }

  /** Loads a model, warms it up and starts everything that serves it. */
  public static LoadedModel load(
      ModelFolder folder, ModelConfig config, InstantSource clock, ContainerMetrics metrics)
      throws InterruptedException {
    var loaded = create(folder, config, clock, metrics);
    try {
      loaded.warmUp();
      loaded.start(metrics);
      loaded.announce(folder, config);
      return loaded;
    } catch (RuntimeException | InterruptedException failed) {
      loaded.close();
      throw failed;
    }
  }

  private static LoadedModel create(
      ModelFolder folder, ModelConfig config, InstantSource clock, ContainerMetrics metrics) {
    TorchModel model = TorchModel.load(folder, config.device(), config.threads());
    try {
      return new LoadedModel(folder, model, config, clock, metrics);
    } catch (RuntimeException failed) {
      model.close();
      throw failed;
    }
  }

  private long sessionMemory(ModelConfig config) {
    long bytes =
        config.sessionMemory().map(MemorySize::asLongValue).orElseGet(() -> model.freeMemory() / 2);
    long least = SequenceState.leastBytes(model.shape());
    if (bytes < least) {
      throw new SettingException(
          "model.session-memory", bytes, "at least %d bytes, for one session".formatted(least));
    }
    return bytes;
  }

  /** The first calls are slow; they happen before anybody waits. */
  private void warmUp() throws InterruptedException {
    SequenceState state = open();
    long[] ids = layout.turn(tokenizer.encode("Hello."), true);
    loop.submit(state, new Prompt(ids, 8, Sampling.GREEDY, List.of(), piece -> {})).await();
    release(state).join();
  }

  private void start(ContainerMetrics metrics) {
    budget.onShortage(sessions);
    reaper.start();
    metrics.gauge("sessions", "Sessions held", sessions::size);
    metrics.gauge("session_memory_used_bytes", "Bytes of KV cache reserved", budget::used);
    metrics.gauge("session_memory_limit_bytes", "Bytes of KV cache allowed", budget::limit);
    metrics.gauge("device_memory_free_bytes", "Bytes the device has left", model::freeMemory);
    metrics.gauge("sequences_active", "Turns computed now", loop::active);
    metrics.gauge("sequences_waiting", "Turns waiting for the engine", loop::waiting);
  }

  private void announce(ModelFolder folder, ModelConfig config) {
    LOG.infof(
        "serving %s on %s: %s, context %d tokens of %d bytes, session memory %d MiB,"
            + " ttl %s, idle timeout %s, %d turns at once",
        folder.name(),
        model.device(),
        folder.manifest().signature().label(),
        model.shape().contextLength(),
        model.shape().kvBytes(1),
        budget.limit() >> 20,
        config.sessionTtl(),
        config.sessionIdleTimeout().map(Object::toString).orElse("off"),
        config.maxConcurrency());
  }

  @Override
  public SequenceState open() throws FaultException {
    return new SequenceState(model, budget);
  }

  @Override
  public CompletableFuture<Void> release(SequenceState state) {
    return loop.release(state);
  }

  /** The sessions it holds. */
  public Sessions sessions() {
    return sessions;
  }

  /** The loop that computes its turns. */
  public StepLoop loop() {
    return loop;
  }

  /** Its tokenizer. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** Its chat layout. */
  public ChatLayout layout() {
    return layout;
  }

  /** The memory that its sessions share. */
  public MemoryBudget budget() {
    return budget;
  }

  /** Whether it still computes. */
  public boolean alive() {
    return loop.alive();
  }

  @Override
  public void close() {
    reaper.close();
    loop.close();
    tokenizer.close();
  }
}
