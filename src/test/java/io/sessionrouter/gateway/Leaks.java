package io.sessionrouter.gateway;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Netty's leak reports, turned into test failures. */
final class Leaks {
  private static final Queue<String> REPORTS = new ConcurrentLinkedQueue<>();

  private Leaks() {}

  /** To be called before the first buffer is made. */
  static void watch() {
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(
        new ResourceLeakDetectorFactory() {
          @Override
          @SuppressWarnings("deprecation")
          public <T> ResourceLeakDetector<T> newResourceLeakDetector(
              Class<T> resource, int interval, long maxActive) {
            return newResourceLeakDetector(resource, interval);
          }

          @Override
          public <T> ResourceLeakDetector<T> newResourceLeakDetector(
              Class<T> resource, int interval) {
            return new Reporting<>(resource, interval);
          }
        });
  }

  /** Fails if a buffer was left to the garbage collector. */
  static void check() {
    System.gc();
    for (int i = 0; i < 8; i++) {
      PooledByteBufAllocator.DEFAULT.directBuffer(16).release();
    }
    if (!REPORTS.isEmpty()) {
      throw new AssertionError("leaked buffers: " + REPORTS.poll());
    }
  }

  private static final class Reporting<T> extends ResourceLeakDetector<T> {
    Reporting(Class<T> resource, int interval) {
      super(resource, interval);
    }

    @Override
    protected boolean needReport() {
      return true;
    }

    @Override
    protected void reportTracedLeak(String type, String records) {
      REPORTS.add(type + records);
    }

    @Override
    protected void reportUntracedLeak(String type) {
      REPORTS.add(type);
    }
  }
}
