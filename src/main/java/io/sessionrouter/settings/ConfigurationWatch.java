package io.sessionrouter.settings;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.sessionrouter.config.ConfigurationState;
import io.sessionrouter.config.ConfigurationState.Refusal;
import io.sessionrouter.config.RunningConfiguration;
import io.sessionrouter.domain.StartOrder;
import io.sessionrouter.endpoint.EndpointCatalog;
import io.sessionrouter.telemetry.ConfigurationMeters;
import io.smallrye.config.SmallRyeConfig;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Brings the configuration files' changes into force, each as a whole or not at all.
 *
 * <p>A file that changes may only be half written, so it is read when it has stayed the same for a
 * period. What is refused leaves everything as it was.
 */
@Singleton
final class ConfigurationWatch implements RunningConfiguration {
  private static final Logger LOG = Logger.getLogger(ConfigurationWatch.class);

  /** Two of them are less than the five seconds that a change may take. */
  static final Duration PERIOD = Duration.ofSeconds(1);

  /** A file may have changed since the start read it, so the first look reads it again. */
  private static final String NOT_READ = "";

  private final Vertx vertx;
  private final SmallRyeConfig started;
  private final EndpointCatalog catalog;
  private final ConfigurationMeters meters;
  private final InstantSource clock;
  private final ConfigurationFiles files;
  private SmallRyeConfig inForce;
  private Settings settings;
  private String readStamp;
  private String seenStamp;
  private volatile ConfigurationState state;
  private long timer = -1;

  @Inject
  ConfigurationWatch(
      Vertx vertx,
      Config started,
      Settings settings,
      EndpointCatalog catalog,
      ConfigurationMeters meters) {
    this(
        vertx,
        started.unwrap(SmallRyeConfig.class),
        settings,
        catalog,
        meters,
        Path.of("config", "application.properties").toAbsolutePath(),
        InstantSource.system());
  }

  /**
   * @param usual the file that is read although nobody named it
   */
  ConfigurationWatch(
      Vertx vertx,
      SmallRyeConfig started,
      Settings settings,
      EndpointCatalog catalog,
      ConfigurationMeters meters,
      Path usual,
      InstantSource clock) {
    this.vertx = vertx;
    this.started = started;
    this.settings = settings;
    this.catalog = catalog;
    this.meters = meters;
    this.clock = clock;
    this.inForce = started;
    this.files = new ConfigurationFiles(started, usual);
    this.readStamp = NOT_READ;
    this.seenStamp = files.stamp();
    this.state = state(clock.instant(), null, List.of());
  }

  synchronized void start(@Observes @Priority(StartOrder.CONFIGURATION_WATCH) StartupEvent start) {
    meters.current(() -> state.refused() == null);
    timer = vertx.setPeriodic(PERIOD.toMillis(), tick -> vertx.executeBlocking(this::look));
  }

  synchronized void stop(@Observes ShutdownEvent stop) {
    vertx.cancelTimer(timer);
  }

  @Override
  public ConfigurationState state() {
    return state;
  }

  @Override
  public void readAgain() {
    vertx.executeBlocking(this::read);
  }

  /** Reads the files if they have changed, and have stayed as they are since the look before. */
  synchronized ConfigurationState look() {
    String now = files.stamp();
    boolean steady = now.equals(seenStamp);
    seenStamp = now;
    return steady && !now.equals(readStamp) ? read() : state;
  }

  /** Reads the files, and brings what they say into force if it can be used. */
  synchronized ConfigurationState read() {
    readStamp = files.stamp();
    seenStamp = readStamp;
    try {
      SmallRyeConfig now = files.read();
      Settings next = SettingsReader.read(now);
      next.endpoints().values().forEach(catalog::check);
      apply(now, next);
    } catch (NoSuchFileException gone) {
      refuse(List.of(gone.getFile() + ": gone (expected: the file that was read at start)"));
    } catch (IOException | RuntimeException unusable) {
      refuse(Differences.problems(unusable));
    }
    return state;
  }

  private void apply(SmallRyeConfig now, Settings next) {
    Differences.Endpoints differences =
        Differences.endpoints(settings.endpoints(), next.endpoints());
    List<String> restart = Differences.restartNeeded(started, now);
    catalog.replace(next.endpoints().values());
    boolean changed = !differences.none() || state.refused() != null;
    settings = next;
    inForce = now;
    if (changed || !restart.equals(state.restartNeeded())) {
      LOG.infof("configuration applied %s restart-needed=%s", differences, restart);
      meters.applied();
    }
    state = state(changed ? clock.instant() : state.since(), null, restart);
  }

  private void refuse(List<String> problems) {
    LOG.errorf(
        "configuration refused, the former stays in force problems=%s",
        String.join("; ", problems));
    meters.refused();
    state = state(state.since(), new Refusal(clock.instant(), problems), state.restartNeeded());
  }

  private ConfigurationState state(
      Instant since, @Nullable Refusal refused, List<String> restartNeeded) {
    List<String> watched = files.all().stream().map(Path::toString).toList();
    return new ConfigurationState(
        since, watched, Differences.values(inForce), refused, restartNeeded);
  }
}
