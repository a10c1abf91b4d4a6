package io.sessionrouter.fleet;

/**
 * Rendezvous hashing: every id has an order of its own among names, and when a name leaves, the
 * others keep theirs. The same on every replica and after every restart.
 */
public final class Rendezvous {
  /** The key of no id. */
  public static final long NONE = 0;

  /** 2^64 divided by the golden ratio: neighbours end up far from each other. */
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private static final double UNIT = 0x1p-53;

  private Rendezvous() {}

  /** What stands for an id; never {@link #NONE}. */
  public static long key(CharSequence id) {
    long hash = GOLDEN;
    for (int i = 0; i < id.length(); i++) {
      hash = mixed(hash ^ id.charAt(i));
    }
    return hash == NONE ? GOLDEN : hash;
  }

  /** Of several names the one of the highest rank is the id's. */
  static long rank(long key, String name) {
    return mixed(key ^ (name.hashCode() * GOLDEN));
  }

  /** The same for names of different weights: each is the first for its share of all ids. */
  static double rank(long key, String name, double weight) {
    double uniform = ((rank(key, name) >>> 11) + 0.5) * UNIT;
    return Math.log(uniform) / weight;
  }

  /** As the generator SplitMix64 does it: every bit of the result depends on every bit given. */
  private static long mixed(long bits) {
    long once = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
    long twice = (once ^ (once >>> 27)) * 0x94D049BB133111EBL;
    return twice ^ (twice >>> 31);
  }
}
