package io.sessionrouter.e2e;

import io.sessionrouter.local.Installation;
import io.sessionrouter.local.Ports;
import io.sessionrouter.local.Service;
import io.sessionrouter.local.Services;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A folder of model archives as users make them: every one is the bundled model, packed.
 *
 * @param models below which a multi-model endpoint finds its models
 * @param packed an archive to make others of
 */
record ModelArchives(Path models, Path packed) {

  /** Makes the folder anew, with an archive that lies beside it and is nobody's model. */
  static ModelArchives in(Path folder) throws Exception {
    Installation installation = Installation.current();
    Path packed = folder.resolve("outside.tar.gz");
    Files.createDirectories(folder);
    String packer = installation.root().resolve("model-container/pack-model").toString();
    List<String> command = List.of(packer, installation.model().toString(), packed.toString());
    try (Program pack = Program.start(folder, Map.of(), command)) {
      pack.awaitExit(0);
    }
    return new ModelArchives(Files.createTempDirectory(folder, "models-"), packed);
  }

  /** One more model. */
  String add(String name) throws IOException {
    Files.createLink(models.resolve(name), packed);
    return name;
  }

  /** What an endpoint is told. */
  String prefix() {
    return "file://" + models;
  }

  /** A container, not started yet, that has room for so many of them. */
  static Service container(Services services, String name, int room, String sessionMemory) {
    return services.container(
        name,
        Ports.free(),
        Map.of(
            "model.multi.enabled",
            "true",
            "model.multi.max-models",
            String.valueOf(room),
            "model.session-memory",
            sessionMemory));
  }
}
