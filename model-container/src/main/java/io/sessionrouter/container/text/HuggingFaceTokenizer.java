package io.sessionrouter.container.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.model.ManifestException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** A Hugging Face {@code tokenizer.json}, read by the library that wrote it. */
public final class HuggingFaceTokenizer implements Tokenizer {
  private final ai.djl.huggingface.tokenizers.HuggingFaceTokenizer tokenizer;
  private final Set<Long> controlIds;

  private HuggingFaceTokenizer(
      ai.djl.huggingface.tokenizers.HuggingFaceTokenizer tokenizer, Set<Long> controlIds) {
    this.tokenizer = tokenizer;
    this.controlIds = controlIds;
  }

  /** Loads the file; the native library comes out of the jar, nothing is downloaded. */
  public static HuggingFaceTokenizer load(Path file, int vocabSize) {
    try {
      Set<Long> controls = controlIds(new ObjectMapper().readTree(Files.readString(file)));
      var tokenizer =
          ai.djl.huggingface.tokenizers.HuggingFaceTokenizer.builder()
              .optTokenizerPath(file)
              .optAddSpecialTokens(false)
              .optTruncation(false)
              .optPadding(false)
              .build();
      return new HuggingFaceTokenizer(tokenizer, controls).checked(vocabSize);
    } catch (IOException | RuntimeException unusable) {
      throw new ManifestException(
          "%s cannot be used: %s".formatted(file.getFileName(), unusable.getMessage()));
    }
  }

  private static Set<Long> controlIds(JsonNode json) {
    return StreamSupport.stream(json.path("added_tokens").spliterator(), false)
        .filter(token -> token.path("special").asBoolean())
        .map(token -> token.path("id").asLong())
        .collect(Collectors.toUnmodifiableSet());
  }

  private HuggingFaceTokenizer checked(int vocabSize) {
    for (long id : controlIds) {
      if (id >= vocabSize) {
        throw new ManifestException(
            "it has the token id %d, vocab_size is %d".formatted(id, vocabSize));
      }
    }
    return this;
  }

  @Override
  public long[] encode(String text) {
    long[] ids = tokenizer.encode(text, false, false).getIds();
    if (Arrays.stream(ids).anyMatch(controlIds::contains)) {
      // Such text would otherwise speak in another role: end a turn, or begin the assistant's.
      throw Fault.INVALID_REQUEST.because(
          "inputs holds the name of a control token of this model (expected: plain text)");
    }
    return ids;
  }

  @Override
  public TextDecoder newDecoder() {
    return new WindowDecoder(ids -> tokenizer.decode(ids, true));
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
