package io.sessionrouter.container.host;

import io.quarkus.runtime.configuration.MemorySize;
import io.sessionrouter.container.config.Eviction;
import io.sessionrouter.container.config.ModelConfig;
import io.sessionrouter.container.config.SettingException;
import io.sessionrouter.container.engine.TorchModel;
import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.generation.MemoryBudget;
import io.sessionrouter.container.generation.Sampling;
import io.sessionrouter.container.generation.SequenceState;
import io.sessionrouter.container.generation.StepLoop;
import io.sessionrouter.container.model.ModelFolder;
import io.sessionrouter.container.model.ModelShape;
import io.sessionrouter.container.session.EvictionPolicy;
import io.sessionrouter.container.session.Lifetime;
import io.sessionrouter.container.session.SessionDirectory;
import io.sessionrouter.container.session.SessionEnd;
import io.sessionrouter.container.session.Sessions;
import io.sessionrouter.container.telemetry.ContainerMetrics;
import io.sessionrouter.container.telemetry.ModelMeters;
import io.sessionrouter.container.text.ChatLayout;
import io.sessionrouter.container.text.Tokenizer;
import io.sessionrouter.container.text.Tokenizers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;

/** A model that is loaded and has answered, with everything that serves it. */
public final class LoadedModel implements AutoCloseable, Sessions.States {
  private static final Logger LOG = Logger.getLogger(LoadedModel.class);

  private final TorchModel model;
  private final Tokenizer tokenizer;
  private final String name;
  private final Instant loadedAt;
  private final Questions questions;
  private final StepLoop loop;
  private final MemoryBudget budget;
  private final Sessions sessions;
  private final Reaper reaper;
  private final ModelMeters meters;
  private final Leases leases = new Leases();

  private LoadedModel(ModelFolder folder, TorchModel model, long sessionBytes, ModelSetup setup) {
    ModelConfig config = setup.config();
    this.model = model;
    this.meters = setup.meters();
    this.tokenizer = Tokenizers.load(folder.manifest());
    this.name = setup.name();
    this.loadedAt = setup.clock().instant();
    this.budget = new MemoryBudget(sessionBytes);
    var limits = new StepLoop.Limits(config.maxConcurrency(), config.prefillChunk());
    var metered = new MeteredModel(model, meters.steps());
    var layout = new ChatLayout(folder.manifest().chat());
    this.loop = new StepLoop(metered, tokenizer, layout, limits).start();
    this.questions = new Questions(loop, tokenizer, layout);
    this.sessions =
        new Sessions(
            this,
            new Lifetime(config.sessionTtl(), config.sessionIdleTimeout()),
            new EvictionPolicy(
                config.sessionEviction() == Eviction.LRU, config.sessionEvictionMinIdle()),
            setup.clock(),
            setup.directory(),
            end -> setup.metrics().sessionEnded(end.label()));
    this.reaper = new Reaper(sessions);
  }

  /** Loads the only model of a container, warms it up and starts everything that serves it. */
  public static LoadedModel load(
      ModelFolder folder, ModelConfig config, InstantSource clock, ContainerMetrics metrics)
      throws InterruptedException {
    var bytes = config.sessionMemory().map(MemorySize::asLongValue);
    var setup =
        new ModelSetup(
            folder.name(),
            config,
            clock,
            metrics,
            metrics.onlyModel(),
            new SessionDirectory(),
            bytes.map(OptionalLong::of).orElseGet(OptionalLong::empty));
    return load(folder, setup, new LoadTimer());
  }

  /** Loads a model, warms it up and starts everything that serves it. */
  static LoadedModel load(ModelFolder folder, ModelSetup setup, LoadTimer timer)
      throws InterruptedException {
    var loaded = create(folder, setup);
    try {
      timer.end(LoadPhase.LOAD);
      loaded.warmUp();
      loaded.start();
      loaded.announce(folder, setup);
      timer.end(LoadPhase.WARM_UP);
      return loaded;
    } catch (RuntimeException | InterruptedException failed) {
      loaded.close();
      throw failed;
    }
  }

  private static LoadedModel create(ModelFolder folder, ModelSetup setup) {
    setup.sessionBytes().ifPresent(bytes -> requireOneSession(folder.manifest().shape(), bytes));
    ModelConfig config = setup.config();
    TorchModel model = TorchModel.load(folder, config.device(), config.threads());
    try {
      long bytes = setup.sessionBytes().orElseGet(() -> model.freeMemory() / 2);
      requireOneSession(model.shape(), bytes);
      return new LoadedModel(folder, model, bytes, setup);
    } catch (RuntimeException failed) {
      model.close();
      throw failed;
    }
  }

  private static void requireOneSession(ModelShape shape, long bytes) {
    long least = SequenceState.leastBytes(shape);
    if (bytes < least) {
      throw new SettingException(
          "model.session-memory", bytes, "at least %d bytes, for one session".formatted(least));
    }
  }

  /** The first calls are slow; they happen before anybody waits. */
  private void warmUp() throws InterruptedException {
    SequenceState state = open();
    ask(state, new Input.Turn("Hello.")).reply(8, Sampling.GREEDY, List.of(), piece -> {});
    release(state).join();
  }

  private void start() {
    budget.onShortage(sessions);
    reaper.start();
    meters.gauge("sessions", "Sessions held", sessions::size);
    meters.gauge("session_memory_used_bytes", "Bytes of KV cache reserved", budget::used);
    meters.gauge("session_memory_limit_bytes", "Bytes of KV cache allowed", budget::limit);
    meters.gauge("sequences_active", "Turns computed now", loop::active);
    meters.gauge("sequences_waiting", "Turns waiting for the engine", loop::waiting);
    meters.gauge("sequences_paused", "Turns waiting for their readers", loop::paused);
    meters.gauge("device_memory_free_bytes", "Bytes the device has left", model::freeMemory);
  }

  private void announce(ModelFolder folder, ModelSetup setup) {
    ModelConfig config = setup.config();
    LOG.infof(
        "serving %s on %s: %s, context %d tokens of %d bytes, session memory %d MiB,"
            + " ttl %s, idle timeout %s, %d turns at once",
        setup.name(),
        model.device(),
        folder.manifest().signature().label(),
        model.shape().contextLength(),
        model.shape().kvBytes(1),
        budget.limit() >> 20,
        config.sessionTtl(),
        config.sessionIdleTimeout().map(Object::toString).orElse("off"),
        config.maxConcurrency());
  }

  /** A request begins to use it; fails if it is on its way out. {@link #leave} ends that. */
  public void enter() {
    if (!leases.enter()) {
      throw Fault.MODEL_NOT_FOUND.because("the model is being unloaded");
    }
  }

  /** A request has ended. */
  public void leave() {
    leases.leave();
  }

  /** How many requests use it now. */
  public int requests() {
    return leases.held();
  }

  public String device() {
    return model.device();
  }

  /** Lets no request begin any more, if it holds no session and no request runs; whether it did. */
  boolean retireIfIdle() {
    return leases.closeIfIdle(() -> sessions.size() == 0);
  }

  /** Lets its requests end, within this time, then ends its sessions and frees it. */
  void unload(Duration limit) throws InterruptedException {
    try {
      if (!leases.drain(limit)) {
        LOG.warnf("%d requests have not ended within %s; their model goes", leases.held(), limit);
      }
    } finally {
      sessions.endAll(SessionEnd.UNLOADED);
      close();
    }
  }

  @Override
  public SequenceState open() throws FaultException {
    return new SequenceState(model, budget);
  }

  @Override
  public CompletableFuture<Void> release(SequenceState state) {
    return loop.release(state);
  }

  public Sessions sessions() {
    return sessions;
  }

  /** The loop that computes its turns. */
  public StepLoop loop() {
    return loop;
  }

  /** What it is asked next in the conversation of this state. */
  public Question ask(SequenceState state, Input input) {
    return questions.ask(state, input);
  }

  /** Its folder's name, or the one it was loaded by. */
  public String name() {
    return name;
  }

  /** When it was loaded. */
  public Instant loadedAt() {
    return loadedAt;
  }

  /** How many tokens a conversation may have. */
  public int contextLength() {
    return model.shape().contextLength();
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
    meters.close();
    reaper.close();
    loop.close();
    tokenizer.close();
  }
}
