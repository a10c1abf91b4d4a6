package io.sessionrouter.fleet.discovery;

import io.sessionrouter.domain.KubernetesAccess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The files of a service account, as Kubernetes mounts them into a pod. */
record Account(Path directory) {

  Account token(String token) throws IOException {
    return replace("token", token + "\n");
  }

  Account namespace(String namespace) throws IOException {
    return replace("namespace", namespace);
  }

  Account trust(String certificatePath) throws IOException {
    return replace("ca.crt", Files.readString(Path.of(certificatePath)));
  }

  KubernetesAccess access(String url) {
    return new KubernetesAccess(URI.create(url), directory);
  }

  /** Kubernetes swaps the files at once, too. */
  private Account replace(String name, String content) throws IOException {
    Path fresh = directory.resolve(name + ".new");
    Files.writeString(fresh, content);
    Files.move(fresh, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    return this;
  }
}
