package io.sessionrouter.container.host;

import io.sessionrouter.container.fault.Fault;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs a bounded number of loads at the same time and lets a bounded number wait.
 *
 * <p>On platform threads: loading is native code, which would hold the carriers that requests need.
 */
final class LoadQueue implements AutoCloseable {
  private static final int IDLE_SECONDS = 10;
  private static final int STOP_SECONDS = 20;

  private final ThreadPoolExecutor threads;
  private final int most;

  LoadQueue(int atOnce, int waiting) {
    this.most = atOnce + waiting;
    this.threads =
        new ThreadPoolExecutor(
            atOnce,
            atOnce,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            waiting == 0 ? new SynchronousQueue<>() : new LinkedBlockingQueue<>(waiting),
            Thread.ofPlatform().name("model-loader-", 0).daemon().factory());
    threads.allowCoreThreadTimeOut(true);
  }

  void add(Runnable load) {
    try {
      threads.execute(load);
    } catch (RejectedExecutionException full) {
      throw threads.isShutdown()
          ? Fault.NOT_READY.because("the container is stopping")
          : Fault.OVERLOADED.because(
              "%d models are being loaded or wait for it, which is the most; try again later",
              most);
    }
  }

  /** Interrupts what runs and drops what waits. */
  @Override
  public void close() {
    threads.shutdownNow();
    try {
      threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
