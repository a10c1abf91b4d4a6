package io.sessionrouter.container.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/** One way to open an artifact where it lies. */
@FunctionalInterface
interface ArtifactSource<U extends ArtifactUrl> {
  /** Opens it; fails with a fault if there is none or it is not given out. */
  Opened open(U url) throws IOException, InterruptedException;

  /**
   * An artifact on its way here.
   *
   * @param content its bytes
   * @param size how many they are, if known
   * @param abort ends it without reading the rest
   */
  record Opened(InputStream content, OptionalLong size, Runnable abort) {}
}
