package io.sessionrouter.gateway;

import io.sessionrouter.domain.RouterException;
import org.jspecify.annotations.Nullable;

/**
 * What a stream waits for, and until when: a node in the list that its event loop walks once a
 * tick. Setting it writes two fields; there is one for as long as its owner lives.
 */
public final class Deadline {
  private final Owner owner;
  private ClientStream.Phase phase = ClientStream.Phase.NONE;
  private long nanos;
  private @Nullable Deadline previous;
  private @Nullable Deadline next;

  /** Whose deadline it is. */
  public interface Owner {

    /** A tick of the event loop, whether or not the deadline is reached. */
    void onTick();

    void onLate(ClientStream.Phase phase);

    /** Ends the request under way, if there is one, and the connection with it. */
    void cut(RouterException why);

    void close();
  }

  public Deadline(Owner owner) {
    this.owner = owner;
  }

  /**
   * Sets what is awaited, and until when.
   *
   * @param until on the clock of {@link System#nanoTime}
   */
  public void set(ClientStream.Phase awaited, long until) {
    phase = awaited;
    nanos = until;
  }

  public ClientStream.Phase phase() {
    return phase;
  }

  public long nanos() {
    return nanos;
  }

  Owner owner() {
    return owner;
  }

  void tick(long now) {
    owner.onTick();
    if (phase != ClientStream.Phase.NONE && now - nanos >= 0) {
      owner.onLate(phase);
    }
  }

  @Nullable Deadline previous() {
    return previous;
  }

  @Nullable Deadline next() {
    return next;
  }

  void link(@Nullable Deadline before, @Nullable Deadline after) {
    previous = before;
    next = after;
  }
}
