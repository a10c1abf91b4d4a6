package io.sessionrouter.settings;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.sessionrouter.config.ConfigurationState;
import io.sessionrouter.config.ConfigurationState.Refusal;
import io.sessionrouter.config.FileWatch;
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
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Brings the configuration files' changes into force, each as a whole or not at all. What is
 * refused leaves everything as it was.
 */
@Singleton
final class ConfigurationWatch implements RunningConfiguration {
  private static final Logger LOG = Logger.getLogger(ConfigurationWatch.class);

  private final SmallRyeConfig started;
  private final EndpointCatalog catalog;
  private final ConfigurationMeters meters;
  private final InstantSource clock;
  private final ConfigurationFiles files;
  private final FileWatch watch;
  private InForce inForce;
  private volatile ConfigurationState state;

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
    this.started = started;
    this.catalog = catalog;
    this.meters = meters;
    this.clock = clock;
    this.files = new ConfigurationFiles(started, usual);
    this.inForce = new InForce(files.started(), settings, Differences.values(started));
    // A file may have changed since the start read it, so the first look reads it again.
    this.watch = new FileWatch(vertx, files.watched(), this::read);
    this.state = state(clock.instant(), null, List.of(), List.of());
  }

  void start(@Observes @Priority(StartOrder.CONFIGURATION_WATCH) StartupEvent start) {
    meters.current(() -> state.current());
    watch.start();
  }

  void stop(@Observes ShutdownEvent stop) {
    watch.stop();
  }

  @Override
  public ConfigurationState state() {
    return state;
  }

  @Override
  public void readAgain() {
    watch.readSoon();
  }

  /** Reads the files if they have changed, and have stayed as they are since the look before. */
  ConfigurationState look() {
    watch.look();
    return state;
  }

  /** Reads the files, and brings what they say into force if it can be used. */
  synchronized ConfigurationState read() {
    watch.reading();
    try {
      apply(next(files.read()));
    } catch (NoSuchFileException gone) {
      refuse(List.of(gone.getFile() + ": gone (expected: the file that was read at start)"));
    } catch (IOException
        | ConfigurationException
        | IllegalArgumentException
        | NoSuchElementException unusable) {
      refuse(ProblemLines.of(unusable));
    } catch (RuntimeException broken) {
      LOG.error("configuration cannot be read", broken);
      refuse(List.of("the files cannot be read: the log says what failed"));
    }
    return state;
  }

  /**
   * What is to come into force. Of thousands of endpoints only those are interpreted anew whose
   * keys differ.
   */
  private Next next(FileContents now) {
    Set<String> changed = files.changedEndpoints(inForce.contents, now);
    if (changed == null) {
      SmallRyeConfig all = files.config(now);
      return next(now, all, SettingsReader.read(all), Differences.values(all));
    }
    if (changed.isEmpty()) {
      return new Next(new InForce(now, inForce.settings, inForce.values), state.restartNeeded());
    }
    SmallRyeConfig some = files.config(now, changed);
    return next(
        now,
        some,
        inForce.settings.with(SettingsReader.read(some).endpoints()),
        Differences.values(inForce.values, changed, some));
  }

  private Next next(
      FileContents now, SmallRyeConfig config, Settings settings, Map<String, String> values) {
    return new Next(new InForce(now, settings, values), Differences.restartNeeded(started, config));
  }

  private void apply(Next next) {
    Differences.Endpoints differences =
        Differences.endpoints(inForce.settings.endpoints(), next.inForce.settings.endpoints());
    List<String> notApplied =
        Differences.notApplied(catalog.replace(next.inForce.settings.endpoints().values()));
    boolean changed = !differences.none() || !state.current();
    inForce = next.inForce;
    if (!notApplied.isEmpty()) {
      LOG.errorf(
          "configuration applied partly, read again on SIGHUP or change %s not-applied=%s",
          differences, String.join("; ", notApplied));
      meters.partlyApplied();
    } else if (changed || !next.restart.equals(state.restartNeeded())) {
      LOG.infof("configuration applied %s restart-needed=%s", differences, next.restart);
      meters.applied();
    }
    Instant since = changed ? clock.instant() : state.since();
    state = state(since, null, notApplied, next.restart);
  }

  private void refuse(List<String> problems) {
    LOG.errorf(
        "configuration refused, the former stays in force problems=%s",
        String.join("; ", problems));
    meters.refused();
    state =
        state(
            state.since(),
            new Refusal(clock.instant(), problems),
            state.notApplied(),
            state.restartNeeded());
  }

  private ConfigurationState state(
      Instant since,
      @Nullable Refusal refused,
      List<String> notApplied,
      List<String> restartNeeded) {
    List<String> watched = files.all().stream().map(Path::toString).toList();
    return new ConfigurationState(
        since, watched, inForce.values, refused, notApplied, restartNeeded);
  }

  /**
   * A configuration.
   *
   * @param values as they are shown
   */
  private record InForce(FileContents contents, Settings settings, Map<String, String> values) {}

  /**
   * A configuration that can come into force.
   *
   * @param restart keys whose values cannot
   */
  private record Next(InForce inForce, List<String> restart) {}
}
