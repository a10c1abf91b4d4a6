package io.sessionrouter.auth;

import io.quarkus.runtime.configuration.ConfigurationException;
import io.sessionrouter.config.ConfigurationState.Refusal;
import io.sessionrouter.config.FileWatch;
import io.sessionrouter.config.Problems;
import io.sessionrouter.telemetry.AuthMeters;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The principals that are in force: those of the newest file that could be used, each file as a
 * whole or not at all.
 */
public final class PrincipalsWatch implements Supplier<Principals> {
  private static final Logger LOG = Logger.getLogger(PrincipalsWatch.class);

  private final @Nullable Path file;
  private final AuthMeters meters;
  private final InstantSource clock;
  private final @Nullable FileWatch watch;
  private volatile Principals principals = Principals.NONE;
  private volatile PrincipalsState state;

  /**
   * Reads the file for the first time.
   *
   * @param file null if callers are not distinguished
   * @throws ConfigurationException if it cannot be used
   */
  PrincipalsWatch(Vertx vertx, @Nullable Path file, AuthMeters meters, InstantSource clock) {
    this.file = file;
    this.meters = meters;
    this.clock = clock;
    if (file == null) {
      watch = null;
    } else {
      watch = new FileWatch(vertx, List.of(file), this::read);
      watch.reading();
      Problems problems = new Problems();
      principals = PrincipalsFile.load(file, problems);
      problems.throwIfAny();
    }
    state = state(null);
  }

  void start() {
    meters.distinguished(watch != null);
    if (watch != null) {
      meters.watch(() -> state.current(), () -> state.count());
      watch.start();
    }
  }

  void stop() {
    if (watch != null) {
      watch.stop();
    }
  }

  /** Reads the file soon, whether or not it seems to have changed. Returns at once. */
  public void readAgain() {
    if (watch != null) {
      watch.readSoon();
    }
  }

  /** Those in force; never blocks. */
  @Override
  public Principals get() {
    return principals;
  }

  /** Which are in force; never blocks. */
  public PrincipalsState state() {
    return state;
  }

  /** Reads the file if it has changed, and has stayed as it is since the look before. */
  void look() {
    if (watch != null) {
      watch.look();
    }
  }

  private synchronized void read() {
    if (file == null || watch == null) {
      return;
    }
    watch.reading();
    Problems problems = new Problems();
    Principals next = PrincipalsFile.load(file, problems);
    if (problems.lines().isEmpty()) {
      principals = next;
      state = state(null);
      LOG.infof("principals applied file=%s principals=%d", file, next.size());
      meters.applied();
    } else {
      refuse(problems.lines());
    }
  }

  private void refuse(List<String> problems) {
    LOG.errorf(
        "principals refused, the former stay in force file=%s problems=%s",
        file, String.join("; ", problems));
    meters.refused();
    state =
        new PrincipalsState(
            String.valueOf(file),
            state.since(),
            principals.size(),
            new Refusal(clock.instant(), problems));
  }

  private PrincipalsState state(@Nullable Refusal refused) {
    String name = file == null ? null : file.toString();
    return new PrincipalsState(name, clock.instant(), principals.size(), refused);
  }
}
