package io.sessionrouter.container.text;

import io.sessionrouter.container.model.ChatIds;
import java.util.ArrayList;
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

  /**
   * What the model reads for a conversation, up to where its next reply begins. The marks know no
   * instructions: those stand before the user's next text. Texts of the user in several messages
   * are one turn.
   *
   * @param first whether nothing was before these messages
   */
  public long[] conversation(List<ChatMessage> messages, boolean first, Tokenizer tokenizer) {
    var ids = new LongBuffer();
    if (first) {
      ids.addAll(begin);
    }
    var asked = new ArrayList<String>();
    for (ChatMessage each : messages) {
      if (each.role() == ChatMessage.Role.ASSISTANT) {
        addTurn(asked, ids, tokenizer);
        ids.addAll(assistant);
        ids.addAll(tokenizer.encode(each.text()));
        ids.add(end);
      } else {
        asked.add(each.text());
      }
    }
    addTurn(asked, ids, tokenizer);
    ids.addAll(assistant);
    return ids.toArray();
  }

  /** Adds these texts of the user as one turn, and empties their list. */
  private void addTurn(List<String> texts, LongBuffer ids, Tokenizer tokenizer) {
    if (!texts.isEmpty()) {
      ids.addAll(user);
      ids.addAll(tokenizer.encode(String.join("\n\n", texts)));
      texts.clear();
    }
  }

  /** What the model reads of a text that it is to go on with. */
  public long[] plain(long[] text) {
    return LongStream.concat(LongStream.of(begin), LongStream.of(text)).toArray();
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
