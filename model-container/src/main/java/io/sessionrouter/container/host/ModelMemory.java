package io.sessionrouter.container.host;

import io.sessionrouter.container.fault.Fault;

/**
 * The memory that the models of a container share, and how many they may be; counted, never
 * measured: a model takes its weights and all that its sessions may ever hold.
 */
final class ModelMemory {
  private final long limit;
  private final int maxModels;
  private long used;
  private int models;

  ModelMemory(long limit, int maxModels) {
    this.limit = limit;
    this.maxModels = maxModels;
  }

  /** Takes a place and so many bytes for one model, or fails without having taken any. */
  synchronized Share reserve(long bytes) {
    if (models >= maxModels) {
      throw Fault.OUT_OF_MODEL_MEMORY.because(
          "%d models are loaded, which is the most (model.multi.max-models); unload one", models);
    }
    take(0, bytes);
    models++;
    return new Share(bytes);
  }

  private void take(long had, long more) {
    requireRoom(had, more);
    used += more;
  }

  private void requireRoom(long had, long more) {
    long total = had + more;
    if (total > limit) {
      throw Fault.MODEL_TOO_LARGE.because(
          "the model needs %d bytes with its sessions (expected: at most %d, model.multi.memory)",
          total, limit);
    }
    if (more > limit - used) {
      throw Fault.OUT_OF_MODEL_MEMORY.because(
          "the memory for models is used up: %d more bytes needed, %d of %d in use; unload one",
          more, used, limit);
    }
  }

  synchronized long used() {
    return used;
  }

  long limit() {
    return limit;
  }

  /** What one model takes. */
  final class Share implements AutoCloseable {
    private long bytes;
    private boolean returned;

    private Share(long bytes) {
      this.bytes = bytes;
    }

    /** Takes more, or fails and stays as it is. */
    void grow(long more) {
      synchronized (ModelMemory.this) {
        take(bytes, more);
        bytes += more;
      }
    }

    /** Fails if it could not grow by so many bytes now. */
    void requireRoomFor(long more) {
      synchronized (ModelMemory.this) {
        requireRoom(bytes, more);
      }
    }

    @Override
    public void close() {
      synchronized (ModelMemory.this) {
        if (!returned) {
          returned = true;
          used -= bytes;
          models--;
        }
      }
    }
  }
}
