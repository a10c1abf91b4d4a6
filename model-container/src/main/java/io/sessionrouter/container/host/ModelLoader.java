package io.sessionrouter.container.host;

import io.quarkus.runtime.configuration.MemorySize;
import io.sessionrouter.container.artifact.ArtifactUrl;
import io.sessionrouter.container.artifact.Fetcher;
import io.sessionrouter.container.artifact.UnpackLimits;
import io.sessionrouter.container.artifact.Unpacker;
import io.sessionrouter.container.artifact.Workspace;
import io.sessionrouter.container.config.ModelConfig;
import io.sessionrouter.container.config.MultiModelConfig;
import io.sessionrouter.container.config.SettingException;
import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import io.sessionrouter.container.generation.DeviceMemoryException;
import io.sessionrouter.container.model.ManifestException;
import io.sessionrouter.container.model.ModelFolder;
import io.sessionrouter.container.session.SessionDirectory;
import io.sessionrouter.container.telemetry.ContainerMetrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Makes a model of a URL: fetches the artifact, unpacks it, checks it, finds memory for it, loads
 * it, and leaves nothing behind on the disk.
 */
final class ModelLoader implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(ModelLoader.class);
  private static final int SESSION_PART = 8;

  private final ModelConfig config;
  private final InstantSource clock;
  private final ContainerMetrics metrics;
  private final ModelMemory memory;
  private final long sessionBytes;
  private final Workspace workspace;
  private final Fetcher fetcher;
  private final Unpacker unpacker;
  private final SessionDirectory directory = new SessionDirectory();

  ModelLoader(
      ModelConfig config, InstantSource clock, ContainerMetrics metrics, ModelMemory memory) {
    MultiModelConfig multi = config.multi();
    this.config = config;
    this.clock = clock;
    this.metrics = metrics;
    this.memory = memory;
    this.sessionBytes =
        config.sessionMemory().map(MemorySize::asLongValue).orElse(memory.limit() / SESSION_PART);
    this.workspace = Workspace.open(multi.workDir());
    this.fetcher =
        new Fetcher(config.s3(), multi.maxArtifact().asLongValue(), multi.fetchTimeout());
    this.unpacker =
        new Unpacker(new UnpackLimits(multi.maxUnpacked().asLongValue(), multi.maxEntries()));
  }

  /** Reads a URL, or fails with a fault that says why it is none to load from. */
  ArtifactUrl parse(String url) {
    return ArtifactUrl.parse(url, config.multi().urlPrefixes().orElse(List.of()));
  }

  /** Loads it, or fails with a fault that says what is wrong. */
  ManagedModel load(String name, String url, LoadTimer timer) throws InterruptedException {
    ArtifactUrl from = parse(url);
    // Before anything is fetched: what finds no memory now would be fetched in vain.
    ModelMemory.Share share = memory.reserve(sessionBytes);
    try (Workspace.Folder folder = workspace.newFolder()) {
      return load(new Job(name, url, from, folder.path(), share, timer));
    } catch (RuntimeException | InterruptedException | Error failed) {
      share.close();
      throw failed;
    }
  }

  /** One load under way. */
  private record Job(
      String name,
      String url,
      ArtifactUrl from,
      Path folder,
      ModelMemory.Share share,
      LoadTimer timer) {}

  private ManagedModel load(Job job) throws InterruptedException {
    try {
      ModelFolder folder = ModelFolder.open(fetched(job));
      long weights = folder.weightBytes();
      job.share().grow(weights);
      job.timer().end(LoadPhase.UNPACK);
      ModelSetup setup = setup(job);
      LoadedModel model = LoadedModel.load(folder, setup, job.timer());
      setup.meters().gauge("model_weight_bytes", "Bytes of its weights", () -> weights);
      setup.meters().gauge("model_requests", "Requests that use it now", model::requests);
      return new ManagedModel(
          job.name(), job.url(), model, job.share(), weights, job.timer().times());
    } catch (FaultException expected) {
      throw expected.fault() == Fault.MODEL_FAILED
          ? Fault.BAD_ARTIFACT.because("the model failed on its first request")
          : expected;
    } catch (SettingException tooSmall) {
      throw Fault.MODEL_TOO_LARGE.because("%s", tooSmall.getMessage());
    } catch (ManifestException unusable) {
      String reason = String.valueOf(unusable.getMessage());
      throw Fault.BAD_ARTIFACT.because("%s", reason.replace(job.folder().toString(), "…"));
    } catch (RuntimeException | OutOfMemoryError failed) {
      throw translated(failed);
    }
  }

  private ModelSetup setup(Job job) {
    return new ModelSetup(
        job.name(),
        config,
        clock,
        metrics,
        metrics.model(job.name()),
        directory,
        OptionalLong.of(sessionBytes));
  }

  private Path fetched(Job job) throws InterruptedException {
    Path packed = job.folder().resolve("artifact.tar.gz");
    Path artifact = fetcher.fetch(job.from(), packed, job.share()::requireRoomFor);
    job.timer().end(LoadPhase.DOWNLOAD);
    if (Files.isDirectory(artifact)) {
      return artifact;
    }
    Path unpacked = job.folder().resolve("unpacked");
    unpacker.unpack(artifact, unpacked);
    delete(packed);
    return modelFolder(unpacked);
  }

  /** Not needed any more; the model's own size on the disk is enough. */
  private static void delete(Path packed) {
    try {
      Files.deleteIfExists(packed);
    } catch (IOException disk) {
      throw new UncheckedIOException(disk);
    }
  }

  /** People pack a folder's content, or the folder. */
  private static Path modelFolder(Path unpacked) {
    try (Stream<Path> below = Files.list(unpacked)) {
      List<Path> folders =
          Stream.concat(Stream.of(unpacked), below)
              .filter(folder -> Files.isRegularFile(folder.resolve("model.json")))
              .toList();
      if (folders.isEmpty()) {
        throw Fault.BAD_ARTIFACT.because(
            "the archive has no model.json (expected: one, at the top or in a folder at the top)");
      }
      if (folders.size() > 1) {
        throw Fault.BAD_ARTIFACT.because(
            "the archive has %d files model.json (expected: one, at the top or in a folder at the"
                + " top)",
            folders.size());
      }
      return folders.getFirst();
    } catch (IOException disk) {
      throw new UncheckedIOException(disk);
    }
  }

  private static FaultException translated(Throwable failed) {
    if (failed instanceof OutOfMemoryError || failed instanceof DeviceMemoryException) {
      return Fault.OUT_OF_MODEL_MEMORY.because("the device has no memory left for this model");
    }
    LOG.error("loading a model failed unexpectedly", failed);
    return Fault.INTERNAL.because("an internal error; see the container's log");
  }

  @Override
  public void close() {
    fetcher.close();
    workspace.close();
  }
}
