package io.sessionrouter.models;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.sessionrouter.fleet.Member;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;

/**
 * Which models had no memory on a member beside which others, so that nothing is unloaded in vain:
 * where a model did not fit beside some, it does not fit beside these and more.
 *
 * <p>Made of the same parts as {@link LoadFailures}, of which a native image is configured there.
 */
final class ModelMemory {
  private static final int MAX_ENTRIES = 10_000;

  /** What was said of an instance with others on it; they may need less after a while. */
  private static final Duration BESIDE_OTHERS = Duration.ofSeconds(30);

  /** What was said of an instance with nothing else on it. */
  private static final Duration KEPT_FOR = Duration.ofMinutes(10);

  private final InstantSource clock;
  private final Cache<Key, Refusal> refusals =
      Caffeine.newBuilder().maximumSize(MAX_ENTRIES).executor(Runnable::run).build();

  /**
   * @param place a member, or the variant of members that are alike
   */
  private record Key(Object place, String target) {}

  private record Refusal(Set<String> beside, long until) {}

  ModelMemory(InstantSource clock) {
    this.clock = clock;
  }

  /** The member had no memory for the model beside these others. */
  void refused(Member member, String target, Set<String> beside) {
    remember(new Key(member, target), beside, BESIDE_OTHERS);
  }

  /** A member of the variant had no memory for the model, with nothing else on it. */
  void refusedAlone(String variant, String target) {
    remember(new Key(variant, target), Set.of(), KEPT_FOR);
  }

  private void remember(Key key, Set<String> beside, Duration howLong) {
    refusals.put(key, new Refusal(Set.copyOf(beside), clock.millis() + howLong.toMillis()));
  }

  /** Whether the member said so of some of those that are there, and has to be asked no more. */
  boolean refusesBeside(Member member, String target, Set<String> there) {
    Refusal said = refusals.getIfPresent(new Key(member, target));
    return said != null && !said.beside.isEmpty() && refuses(member, target, there);
  }

  /** Whether the model does not fit on the member as long as these are there. */
  boolean refuses(Member member, String target, Set<String> there) {
    return holds(new Key(member, target), there);
  }

  /** Whether the model fits on no member of the variant, whatever is unloaded. */
  boolean tooLarge(String variant, String target) {
    return holds(new Key(variant, target), Set.of());
  }

  private boolean holds(Key key, Set<String> there) {
    Refusal said = refusals.getIfPresent(key);
    return said != null && clock.millis() < said.until && there.containsAll(said.beside);
  }

  /** The member has it. */
  void fits(Member member, String target) {
    refusals.invalidate(new Key(member, target));
    refusals.invalidate(new Key(member.instance().variant(), target));
  }
}
