package io.sessionrouter.container.engine;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.jboss.logging.Logger;

/**
 * The C library's allocator, which PyTorch takes CPU tensors from.
 *
 * <p>Left alone, glibc raises its threshold for memory maps each time a large block is freed. After
 * that KV caches lie between other blocks, and closing a session returns nothing to the system: ten
 * thousand sessions made the process grow by 3 to 6 GiB. A threshold set once stays, large blocks
 * are mapped and unmapped, and the process stays as large as its open sessions.
 */
final class NativeHeap {
  private static final Logger LOG = Logger.getLogger(NativeHeap.class);
  private static final int M_MMAP_THRESHOLD = -3;
  private static final int MAPPED_FROM = 1 << 20;

  private NativeHeap() {}

  /** Fixes the threshold, unless a person has set it in the environment. */
  @SuppressWarnings("restricted") // the program is started with native access enabled
  static void keepLargeBlocksMapped() {
    if (System.getenv("MALLOC_MMAP_THRESHOLD_") == null) {
      Linker linker = Linker.nativeLinker();
      linker
          .defaultLookup()
          .find("mallopt")
          .ifPresentOrElse(
              address -> set(linker.downcallHandle(address, twoInts())),
              () -> LOG.debug("no mallopt here, so nothing to settle: not glibc"));
    }
  }

  private static FunctionDescriptor twoInts() {
    return FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
  }

  private static void set(MethodHandle mallopt) {
    try {
      int accepted = (int) mallopt.invokeExact(M_MMAP_THRESHOLD, MAPPED_FROM);
      if (accepted == 0) {
        LOG.warn("glibc refused a fixed mmap threshold; native memory may grow with sessions");
      }
    } catch (Throwable impossible) {
      throw new IllegalStateException("mallopt cannot be called", impossible);
    }
  }
}
