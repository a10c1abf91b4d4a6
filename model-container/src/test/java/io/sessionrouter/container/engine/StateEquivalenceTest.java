package io.sessionrouter.container.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.container.config.DeviceChoice;
import io.sessionrouter.container.generation.MemoryBudget;
import io.sessionrouter.container.generation.Prompt;
import io.sessionrouter.container.generation.Sampling;
import io.sessionrouter.container.generation.SequenceState;
import io.sessionrouter.container.generation.StepLoop;
import io.sessionrouter.container.generation.TokenSink;
import io.sessionrouter.container.model.ModelFolder;
import io.sessionrouter.container.text.ChatLayout;
import io.sessionrouter.container.text.TextDecoder;
import io.sessionrouter.container.text.Tokenizer;
import io.sessionrouter.container.text.Tokenizers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a session answers must be what the same model answers when everything is sent again: the
 * whole transcript, token by token, to a fresh state.
 */
@Timeout(60)
class StateEquivalenceTest {
  private static final List<String> TURNS =
      List.of(
          "My cat is called Zebulon. I live in Quarrington.",
          "The code of the safe is 4711. " + "The river is long. ".repeat(20),
          "What is my cat called?",
          "Where do I live?",
          "What is the code of the safe?");

  private final List<Long> replied = new ArrayList<>();
  private final List<Long> transcript = new ArrayList<>();
  private final MemoryBudget budget = new MemoryBudget(1 << 26);

  @ParameterizedTest
  @CsvSource({
    "models/facts, 512",
    "models/facts, 7",
    "src/test/resources/tiny-llama, 512",
    "src/test/resources/tiny-llama, 7"
  })
  void aContinuedAnswerIsTheAnswerToEverythingResent(String path, int chunk) throws Exception {
    ModelFolder folder = ModelFolder.open(Path.of(path));
    var layout = new ChatLayout(folder.manifest().chat());
    TorchModel model = TorchModel.load(folder, DeviceChoice.CPU, 1);
    try (Tokenizer tokenizer = recording(Tokenizers.load(folder.manifest()));
        StepLoop loop =
            new StepLoop(model, tokenizer, layout, new StepLoop.Limits(4, chunk)).start()) {
      var session = new SequenceState(model, budget);
      for (String words : TURNS) {
        long[] turn = layout.turn(tokenizer.encode(words), transcript.isEmpty());
        LongStream.of(turn).forEach(transcript::add);

        String continued = reply(loop, session, turn);
        List<Long> ids = List.copyOf(replied);

        var fresh = new SequenceState(model, budget);
        String resent = reply(loop, fresh, array(transcript));
        assertThat(continued).as(words).isEqualTo(resent);
        assertThat(ids).isNotEmpty().isEqualTo(replied);
        loop.release(fresh).join();
        transcript.addAll(ids);
        transcript.add(layout.end());
        assertThat(session.contextTokens()).isEqualTo(transcript.size());
      }
    }
  }

  private String reply(StepLoop loop, SequenceState state, long[] ids) throws InterruptedException {
    replied.clear();
    var text = new StringBuilder();
    TokenSink sink = token -> text.append(token.text());
    loop.submit(state, new Prompt(state.contextTokens(), ids, 20, Sampling.GREEDY, List.of(), sink))
        .await();
    return text.toString();
  }

  /** Notes the ids of a reply, which its text does not always tell. */
  private Tokenizer recording(Tokenizer real) {
    return new Tokenizer() {
      @Override
      public long[] encode(String text) {
        return real.encode(text);
      }

      @Override
      public TextDecoder newDecoder() {
        return recordingDecoder(real.newDecoder());
      }

      @Override
      public void close() {
        real.close();
      }
    };
  }

  private TextDecoder recordingDecoder(TextDecoder real) {
    return new TextDecoder() {
      @Override
      public String append(long id) {
        replied.add(id);
        return real.append(id);
      }

      @Override
      public String finish() {
        return real.finish();
      }
    };
  }

  private static long[] array(List<Long> ids) {
    return ids.stream().mapToLong(Long::longValue).toArray();
  }
}
