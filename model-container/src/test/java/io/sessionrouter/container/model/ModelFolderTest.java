package io.sessionrouter.container.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFolderTest {
  private static final String GOOD =
      """
      {"format": "session-router/causal-lm/1", "signature": "ragged-kv", "layers": 4,
       "kv_heads": 2, "head_dim": 32, "dtype": "float16", "vocab_size": 1728,
       "context_length": 16384, "tokenizer": {"type": "pieces", "file": "words.txt"},
       "special_tokens": ["<pad>", "<bos>"],
       "chat": {"begin": [1], "user": [2], "assistant": [], "end": [4, 5]}}
      """;
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @BeforeEach
  void files() throws IOException {
    Files.writeString(folder.resolve("model.json"), GOOD);
    Files.writeString(folder.resolve("model.pt"), "");
    Files.writeString(folder.resolve("words.txt"), "");
  }

  @Test
  void readsAllOfIt() {
    Manifest manifest = ModelFolder.open(folder).manifest();

    assertThat(manifest.signature()).isEqualTo(Signature.RAGGED_KV);
    assertThat(manifest.shape())
        .isEqualTo(new ModelShape(4, 2, 32, ElementType.FLOAT16, 1728, 16384));
    assertThat(manifest.shape().kvBytes(10)).isEqualTo(2L * 4 * 2 * 32 * 2 * 10);
    assertThat(manifest.tokenizer())
        .isEqualTo(new TokenizerSpec(TokenizerSpec.Type.PIECES, folder.resolve("words.txt")));
    assertThat(manifest.specialTokens()).containsExactly("<pad>", "<bos>");
    assertThat(manifest.chat())
        .isEqualTo(new ChatIds(List.of(1L), List.of(2L), List.of(), List.of(4L, 5L)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"models/facts", "src/test/resources/tiny-llama"})
  void readsTheFoldersOfThisProject(String path) {
    assertThat(ModelFolder.open(Path.of(path)).manifest().chat().end()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "format",
        "signature",
        "layers",
        "kv_heads",
        "head_dim",
        "dtype",
        "vocab_size",
        "context_length",
        "tokenizer",
        "special_tokens",
        "chat"
      })
  void everyKeyIsNeeded(String key) throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(GOOD);
    json.remove(key);
    write(json.toString());

    refuses().hasMessageContaining(key);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/format | \"session-router/causal-lm/2\" | format is \"session-router/causal-lm/2\""
            + " (expected: session-router/causal-lm/1)",
        "/signature | \"other\" | signature is \"other\" (expected: ragged-kv or functional-kv)",
        "/layers | 0 | layers is 0 (expected: an integer from 1 to 1024)",
        "/layers | \"4\" | layers is \"4\" (expected: an integer",
        "/layers | 4.5 | layers is 4.5 (expected: an integer",
        "/kv_heads | -1 | kv_heads is -1",
        "/head_dim | null | head_dim is null",
        "/dtype | \"bfloat16\" | dtype is \"bfloat16\" (expected: float32 or float16)",
        "/vocab_size | 99999999999 | vocab_size is 99999999999",
        "/context_length | 2 | context_length is 2 (expected: an integer from 8",
        "/tokenizer | \"words.txt\" | tokenizer (expected: an object)",
        "/tokenizer/type | \"bpe\" | tokenizer.type is \"bpe\" (expected: pieces or huggingface)",
        "/tokenizer/file | \"../words.txt\" | tokenizer.file is \"../words.txt\" (expected: the"
            + " name of a file",
        "/tokenizer/file | \"/etc/passwd\" | tokenizer.file is \"/etc/passwd\" (expected: the name"
            + " of a file",
        "/tokenizer/file | \"none.txt\" | has no file none.txt",
        "/special_tokens | \"<pad>\" | special_tokens is \"<pad>\" (expected: a list)",
        "/special_tokens | [1] | special_tokens is [1] (expected: a list of texts)",
        "/chat | [] | chat (expected: an object)",
        "/chat/begin | 1 | chat.begin is 1 (expected: a list)",
        "/chat/user | [1728] | chat.user is [1728] (expected: a list of token ids from 0 to 1727)",
        "/chat/user | [-1] | chat.user is [-1]",
        "/chat/end | [] | chat.end is [] (expected: at least one token id)",
      })
  void everyWrongValueIsNamedWithWhatWasExpected(String pointer, String value, String message)
      throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(GOOD);
    int cut = pointer.lastIndexOf('/');
    ((ObjectNode) json.at(pointer.substring(0, cut)))
        .set(pointer.substring(cut + 1), JSON.readTree(value));
    write(json.toString());

    refuses().hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"layers\":4, | not valid JSON",
        "[] | expected: an object",
        "{} trailing | not valid JSON",
        "{\"format\":\"x\",\"format\":\"y\"} | not valid JSON",
        "'' | expected: an object"
      })
  void whatIsNotAJsonObjectIsRefused(String text, String message) throws IOException {
    write(text);

    refuses().hasMessageContaining(message);
  }

  @Test
  void anUnknownKeyIsRefusedBecauseItWouldBeIgnored() throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(GOOD);
    json.put("num_layers", 4);
    write(json.toString());

    refuses().hasMessageContaining("unknown key num_layers").hasMessageContaining("kv_heads");
  }

  @Test
  void aFolderWithoutAModelIsRefused() throws IOException {
    Files.delete(folder.resolve("model.pt"));

    refuses().hasMessageContaining("has no file model.pt");
  }

  @Test
  void aFolderThatIsNoneIsRefused() {
    assertThatThrownBy(() -> ModelFolder.open(folder.resolve("nowhere")))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("model.path")
        .hasMessageContaining("expected: a folder with model.json");
  }

  @Test
  void aHuggingFaceModelNeedsNoSpecialTokens() throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(GOOD);
    json.withObject("/tokenizer").put("type", "huggingface");
    json.remove("special_tokens");
    write(json.toString());

    assertThat(ModelFolder.open(folder).manifest().specialTokens()).isEmpty();
  }

  private void write(String json) throws IOException {
    Files.writeString(folder.resolve("model.json"), json);
  }

  private AbstractThrowableAssert<?, ? extends Throwable> refuses() {
    return assertThatThrownBy(() -> ModelFolder.open(folder)).isInstanceOf(ManifestException.class);
  }
}
