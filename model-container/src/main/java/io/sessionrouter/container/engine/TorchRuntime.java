package io.sessionrouter.container.engine;

/** The settings that must be made before DJL and PyTorch are loaded. */
final class TorchRuntime {
  private TorchRuntime() {}

  static void configure(int threads) {
    NativeHeap.keepLargeBlocksMapped();
    // Without it DJL reports to its makers at start, and downloads what it misses.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    // The optimizer recompiles during the first calls, ten times the warm-up for no gain.
    System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
  }
}
