package io.sessionrouter.container.generation;

import io.sessionrouter.container.model.ElementType;
import io.sessionrouter.container.model.ModelShape;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;

/**
 * A model whose cache is the list of tokens it was given, so that a test sees what it saw; the next
 * token is what a function makes of all of them.
 */
public final class FakeModel implements CausalModel {
  public static final int VOCAB = 256;

  /** The sizes of each step's batch. */
  public final List<List<Integer>> steps = new CopyOnWriteArrayList<>();

  private final AtomicInteger caches = new AtomicInteger();
  private final ModelShape shape;
  private final ToLongFunction<long[]> next;
  private volatile Runnable beforeStep = () -> {};
  private volatile boolean closed;

  /** One byte of KV cache a token would be 16 bytes here: 1 layer, 1 head, 2 numbers of 4 bytes. */
  public FakeModel(int contextLength, ToLongFunction<long[]> next) {
    this.shape = new ModelShape(1, 1, 2, ElementType.FLOAT32, VOCAB, contextLength);
    this.next = next;
  }

  public static final long BYTES_PER_TOKEN = 16;

  /** The log-probability of the next token: its score is 5, that of all others 0. */
  public static final double BEST_LOGPROB = 5 - Math.log(Math.exp(5) + VOCAB - 1);

  public void beforeStep(Runnable action) {
    beforeStep = action;
  }

  /** Lets no step happen without a permit; an interrupt of the engine thread opens the gate. */
  public Semaphore gate() {
    var gate = new Semaphore(0);
    beforeStep(
        () -> {
          try {
            gate.acquire();
          } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
          }
        });
    return gate;
  }

  public int liveCaches() {
    return caches.get();
  }

  public boolean closed() {
    return closed;
  }

  @Override
  public ModelShape shape() {
    return shape;
  }

  @Override
  public KvCache allocate(int capacity) {
    caches.incrementAndGet();
    return new FakeCache(capacity);
  }

  @Override
  public Logits step(List<Chunk> chunks) {
    beforeStep.run();
    steps.add(chunks.stream().map(chunk -> chunk.ids().length).toList());
    return new FakeLogits(chunks.stream().mapToLong(this::compute).toArray());
  }

  private long compute(Chunk chunk) {
    var cache = (FakeCache) chunk.cache();
    int end = chunk.past() + chunk.ids().length;
    if (end > cache.tokens.length) {
      throw new IllegalStateException("no room for " + end + " in " + cache.tokens.length);
    }
    System.arraycopy(chunk.ids(), 0, cache.tokens, chunk.past(), chunk.ids().length);
    return next.applyAsLong(Arrays.copyOf(cache.tokens, end));
  }

  @Override
  public void close() {
    closed = true;
  }

  /** The tokens a model has seen. */
  public final class FakeCache implements KvCache {
    long[] tokens;
    private boolean open = true;

    FakeCache(int capacity) {
      tokens = new long[capacity];
    }

    @Override
    public int capacity() {
      return tokens.length;
    }

    @Override
    public void grow(int capacity) {
      tokens = Arrays.copyOf(tokens, capacity);
    }

    @Override
    public void close() {
      if (open) {
        open = false;
        caches.decrementAndGet();
      }
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record FakeLogits(long[] best) implements Logits {
    @Override
    public long argmax(int row) {
      return best[row];
    }

    @Override
    public double bestLogprob(int row) {
      return BEST_LOGPROB;
    }

    @Override
    public float[] row(int row) {
      float[] scores = new float[VOCAB];
      scores[(int) best[row]] = 5;
      return scores;
    }

    @Override
    public void close() {}
  }
}
