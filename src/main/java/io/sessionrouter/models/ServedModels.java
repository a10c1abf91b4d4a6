package io.sessionrouter.models;

import io.sessionrouter.endpoint.EndpointSettings;
import io.sessionrouter.endpoint.ModelsSettings;
import io.sessionrouter.endpoint.VariantSettings;
import io.sessionrouter.fleet.EndpointFleet;
import io.sessionrouter.fleet.WeightedPlacement;
import io.sessionrouter.telemetry.ModelMeters;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The parts that serve one multi-model endpoint, put together. */
final class ServedModels {
  private final ModelDependencies around;
  private final LiveSettings settings;
  private final ModelDirectory directory;
  private final EndpointModels models;
  private final LoadClaims claims;
  private final ModelListing listing;
  private final Map<String, ModelMeters.Shown> shown = new HashMap<>();

  /** The endpoint's settings, which change while its parts stay. */
  static final class LiveSettings {
    private volatile EndpointSettings endpoint;

    LiveSettings(EndpointSettings endpoint) {
      this.endpoint = endpoint;
    }

    ModelsSettings models() {
      return Objects.requireNonNull(endpoint.models(), "a multi-model endpoint");
    }

    Duration interval() {
      return endpoint.health().interval();
    }
  }

  /**
   * @param fleet the endpoint's members of now
   */
  ServedModels(
      EndpointSettings endpoint,
      Supplier<EndpointFleet> fleet,
      WeightedPlacement placement,
      ModelDependencies around) {
    String name = endpoint.name();
    LateLoader late = new LateLoader();
    this.around = around;
    this.settings = new LiveSettings(endpoint);
    this.directory = new ModelDirectory(prefix(), around.clock());
    ModelLoads loads = new ModelLoads(directory, around.clock());
    this.models =
        new EndpointModels(
            name,
            () -> settings.models().spreadAt(),
            directory,
            loads,
            placement,
            around.meters(),
            around.clock(),
            late);
    this.claims = new LoadClaims(name, around.marks(), around.pauses(), around.clock());
    this.listing =
        new ModelListing(
            directory,
            around.api(),
            new ModelProof(around.api(), claims, loads::failing),
            around.clock(),
            settings::interval);
    LoadRoom room =
        new LoadRoom(
            directory, listing, new ModelUnloader(name, directory, around), around.clock());
    late.loader =
        new ModelLoader(
            name, models, directory, listing, room, claims, fleet, settings::models, around);
    show(endpoint.variants());
  }

  /** The directory and the loader know each other. */
  private static final class LateLoader implements Consumer<ModelLoad> {
    private @Nullable ModelLoader loader;

    @Override
    public void accept(ModelLoad load) {
      Objects.requireNonNull(loader).begin(load);
    }
  }

  /** Where the models lie; under another prefix they are other models. */
  String prefix() {
    return settings.models().prefix();
  }

  /** From now on these settings apply, which have the same prefix. */
  void configure(EndpointSettings now) {
    settings.endpoint = now;
    List<String> names = now.variants().stream().map(VariantSettings::name).toList();
    shown.entrySet().removeIf(one -> !names.contains(one.getKey()) && one.getValue().remove());
    show(now.variants());
  }

  private void show(List<VariantSettings> variants) {
    variants.forEach(v -> shown.computeIfAbsent(v.name(), this::show));
  }

  private ModelMeters.Shown show(String variant) {
    return around.meters().show(settings.endpoint.name(), variant, () -> directory.count(variant));
  }

  EndpointModels models() {
    return models;
  }

  ModelDirectory directory() {
    return directory;
  }

  /** Asks the members that are due; to be called often. */
  void tick(EndpointFleet fleet) {
    listing.tick(fleet);
  }

  /** Failures from now on are no concern of other replicas. */
  void stop() {
    claims.close();
  }

  /** The endpoint has these models no more. */
  void close() {
    stop();
    shown.values().forEach(ModelMeters.Shown::remove);
  }
}
