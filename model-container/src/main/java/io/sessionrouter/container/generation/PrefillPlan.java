package io.sessionrouter.container.generation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Shares the prompt tokens of one step among the turns whose prompts are not through.
 *
 * <p>The oldest always gets its share, so nobody starves; besides it the shortest go first, so that
 * a short question does not wait behind a long document. What a short one leaves, the longer ones
 * get. Few at a time, because many small chunks compute slower than a few large ones.
 */
final class PrefillPlan {
  private static final int MOST_AT_ONCE = 8;

  private PrefillPlan() {}

  /** How many prompt tokens each turn gets in the next step; turns without a share are missing. */
  static Map<Turn, Integer> share(List<Turn> turns, int tokens) {
    List<Turn> chosen = chosen(turns);
    Map<Turn, Integer> shares = new HashMap<>();
    int left = tokens;
    for (int i = 0; i < chosen.size(); i++) {
      Turn turn = chosen.get(i);
      int share = Math.min(turn.promptLeft(), Math.ceilDiv(left, chosen.size() - i));
      if (share > 0) {
        shares.put(turn, share);
        left -= share;
      }
    }
    return shares;
  }

  private static List<Turn> chosen(List<Turn> turns) {
    List<Turn> waiting = turns.stream().filter(turn -> turn.promptLeft() > 0).toList();
    if (waiting.isEmpty()) {
      return waiting;
    }
    var byLength = Comparator.comparingInt(Turn::promptLeft);
    var chosen =
        new ArrayList<>(
            waiting.stream().skip(1).sorted(byLength).limit(MOST_AT_ONCE - 1L).toList());
    chosen.add(waiting.getFirst());
    chosen.sort(byLength);
    return chosen;
  }
}
