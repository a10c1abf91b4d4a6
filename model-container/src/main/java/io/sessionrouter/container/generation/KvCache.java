package io.sessionrouter.container.generation;

/** The keys and values of one sequence on the device. How many of them are valid, others know. */
public interface KvCache extends AutoCloseable {
  /** How many tokens it has room for. */
  int capacity();

  /** Moves it to a larger room; what it holds stays. */
  void grow(int capacity);

  /** Gives the memory back at once. */
  @Override
  void close();
}
