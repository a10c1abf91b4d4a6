package io.sessionrouter.container.text;

import io.sessionrouter.container.model.ChatIds;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;

/** Puts the ids of a turn between the ids that mark who speaks. */
public final class ChatLayout {
  private final long[] begin;
  private final long[] user;
  private final long[] assistant;
  private final Set<Long> ends;
  private final long end;

  /** The layout that a model was trained with. */
  public ChatLayout(ChatIds ids) {
    begin = array(ids.begin());
    user = array(ids.user());
    assistant = array(ids.assistant());
    ends = Set.copyOf(ids.end());
    end = ids.end().getFirst();
  }

  /** What the model reads for one turn of the user, up to where the reply begins. */
  public long[] turn(long[] text, boolean first) {
    LongStream marks = LongStream.concat(LongStream.of(user), LongStream.of(text));
    LongStream turn = LongStream.concat(marks, LongStream.of(assistant));
    return first ? LongStream.concat(LongStream.of(begin), turn).toArray() : turn.toArray();
  }

  /** Whether this id ends a reply. */
  public boolean ends(long id) {
    return ends.contains(id);
  }

  /** The id that ends a reply which was cut off. */
  public long end() {
    return end;
  }

  private static long[] array(List<Long> ids) {
    return ids.stream().mapToLong(Long::longValue).toArray();
  }
}
