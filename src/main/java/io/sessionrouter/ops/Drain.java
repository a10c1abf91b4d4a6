package io.sessionrouter.ops;

import io.sessionrouter.gateway.http1.DataPortService;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * The orderly end of the data port: it serves on until load balancers have noticed, and then
 * finishes what it has begun.
 *
 * <p>Everything else of the router runs until this is over, so that requests find Redis and their
 * instances, and operators the management port.
 */
@Singleton
class Drain {
  private static final Logger LOG = Logger.getLogger(Drain.class);

  /** For the last words to clients that are cut off. */
  private static final long LAST_WORDS_SECONDS = 3;

  private final DataPortService port;
  private final DrainSettings settings;

  Drain(DataPortService port, DrainSettings settings) {
    this.port = port;
    this.settings = settings;
  }

  /** Returns when the data port has ended. */
  void run() throws InterruptedException {
    LOG.infof("drain begins delay=%s timeout=%s", settings.delay(), settings.timeout());
    port.announceEnd();
    TimeUnit.NANOSECONDS.sleep(settings.delay().toNanos());
    CompletableFuture<Void> empty = port.stopAccepting();
    if (!ends(empty, settings.timeout().toMillis())) {
      LOG.warn("drain timeout: requests that have not ended are cut off");
      port.cut();
      ends(empty, TimeUnit.SECONDS.toMillis(LAST_WORDS_SECONDS));
    }
    LOG.info("drain is over");
  }

  private static boolean ends(CompletableFuture<Void> empty, long millis)
      throws InterruptedException {
    try {
      empty.get(millis, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException late) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
