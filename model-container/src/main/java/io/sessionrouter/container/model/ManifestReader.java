package io.sessionrouter.container.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Reads {@code model.json} of a model folder, strictly: an unknown or missing key is an error. */
final class ManifestReader {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** Both are read whole into memory, which a file from elsewhere must not use up. */
  private static final long LARGEST_MANIFEST = 1L << 20;

  private static final long LARGEST_TOKENIZER = 64L << 20;
  private static final Set<String> KEYS =
      Set.of(
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
          "chat");

  private final Path folder;

  ManifestReader(Path folder) {
    this.folder = folder;
  }

  Manifest read() {
    var keys = new JsonKeys(parse(), "");
    checkFormat(keys);
    keys.allowOnly(KEYS);
    ModelShape shape = shape(keys);
    TokenizerSpec tokenizer = tokenizer(keys.object("tokenizer"));
    return new Manifest(
        keys.choice("signature", Signature.values(), Signature::label),
        shape,
        tokenizer,
        specialTokens(keys, tokenizer),
        chat(keys.object("chat"), shape.vocabSize()));
  }

  private JsonNode parse() {
    try {
      return JSON.readTree(Files.readString(file("model.json", LARGEST_MANIFEST)));
    } catch (JsonProcessingException notJson) {
      throw new ManifestException("model.json is not valid JSON: " + notJson.getOriginalMessage());
    } catch (IOException unreadable) {
      throw new ManifestException("model.json cannot be read: it is not UTF-8 text");
    }
  }

  private static void checkFormat(JsonKeys keys) {
    if (!keys.text("format").equals(Manifest.FORMAT)) {
      throw keys.bad("format", Manifest.FORMAT);
    }
  }

  private static ModelShape shape(JsonKeys keys) {
    return new ModelShape(
        keys.integer("layers", 1, 1024),
        keys.integer("kv_heads", 1, 4096),
        keys.integer("head_dim", 1, 4096),
        keys.choice("dtype", ElementType.values(), ElementType::label),
        keys.integer("vocab_size", 2, 10_000_000),
        keys.integer("context_length", 8, 16_777_216));
  }

  private TokenizerSpec tokenizer(JsonKeys keys) {
    keys.allowOnly(Set.of("type", "file"));
    var type = keys.choice("type", TokenizerSpec.Type.values(), TokenizerSpec.Type::label);
    String name = keys.text("file");
    if (name.contains("/") || name.contains("\\") || name.startsWith("..")) {
      throw keys.bad("file", "the name of a file in the model folder");
    }
    return new TokenizerSpec(type, file(name, LARGEST_TOKENIZER));
  }

  private static List<String> specialTokens(JsonKeys keys, TokenizerSpec tokenizer) {
    if (tokenizer.type() == TokenizerSpec.Type.HUGGINGFACE && !keys.has("special_tokens")) {
      return List.of();
    }
    return keys.texts("special_tokens");
  }

  private static ChatIds chat(JsonKeys keys, int vocabSize) {
    keys.allowOnly(Set.of("begin", "user", "assistant", "end"));
    var chat =
        new ChatIds(
            keys.ids("begin", vocabSize),
            keys.ids("user", vocabSize),
            keys.ids("assistant", vocabSize),
            keys.ids("end", vocabSize));
    if (chat.end().isEmpty()) {
      throw keys.bad("end", "at least one token id");
    }
    return chat;
  }

  private Path file(String name, long largest) {
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw new ManifestException("the model's folder has no file %s".formatted(name));
    }
    if (file.toFile().length() > largest) {
      throw new ManifestException(
          "%s has %d bytes (expected: at most %d)"
              .formatted(name, file.toFile().length(), largest));
    }
    return file;
  }
}
