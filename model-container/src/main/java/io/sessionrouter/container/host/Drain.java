package io.sessionrouter.container.host;

import io.sessionrouter.container.config.ModelConfig;
import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * The orderly end of the container: once routers had time to notice it opens no more sessions,
 * waits for those it has, and at last closes the rest one by one.
 */
@ApplicationScoped
public class Drain {
  private static final Logger LOG = Logger.getLogger(Drain.class);
  private static final long LOOK_MILLIS = 100;

  private final ModelSource source;
  private final ModelConfig config;
  private volatile boolean begun;
  private volatile boolean closed;

  /** A drain of these models' sessions. */
  public Drain(ModelSource source, ModelConfig config) {
    this.source = source;
    this.config = config;
  }

  /** Whether the container is about to end. */
  public boolean begun() {
    return begun;
  }

  /** Whether sessions are still opened: until routers had time to notice the end. */
  public boolean opens() {
    return !closed;
  }

  /** Refuses what would begin a session when none is opened any more. */
  public void requireOpen() {
    if (closed) {
      throw Fault.DRAINING.because("the container is stopping and opens no sessions");
    }
  }

  /** Returns when no session and no request is left, or after the drain's time. */
  public void run() throws InterruptedException {
    begun = true;
    LOG.infof(
        "drain begins: %d sessions, waiting %s and then up to %s",
        held(), config.drainNotice(), config.drainTimeout());
    TimeUnit.NANOSECONDS.sleep(config.drainNotice().toNanos());
    closed = true;
    long deadline = System.nanoTime() + config.drainTimeout().toNanos();
    while (busy() && System.nanoTime() - deadline < 0) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
    int closed = loaded().stream().mapToInt(model -> model.sessions().drain()).sum();
    LOG.infof("drain is over: %d sessions had to be closed", closed);
  }

  private boolean busy() {
    return held() + loaded().stream().mapToInt(LoadedModel::requests).sum() > 0;
  }

  private int held() {
    return loaded().stream().mapToInt(model -> model.sessions().size()).sum();
  }

  private List<LoadedModel> loaded() {
    try {
      return source.serving().loaded();
    } catch (FaultException notServing) {
      return List.of();
    }
  }
}
