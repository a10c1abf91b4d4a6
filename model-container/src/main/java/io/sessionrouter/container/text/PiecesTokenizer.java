package io.sessionrouter.container.text;

import io.sessionrouter.container.model.ManifestException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A tokenizer of words, two-character pieces and bytes.
 *
 * <p>Text is cut into words, digits and signs, each with the blank before it. A piece in the list
 * is one token; any other piece is spelled: two characters where the list has them, else the UTF-8
 * bytes of one. Ids: the special tokens, then the 256 bytes, then the list.
 */
public final class PiecesTokenizer implements Tokenizer {
  private static final Pattern PIECE = Pattern.compile(" ?[A-Za-z]+| ?[0-9]| ?[^A-Za-z0-9 ]| ");
  private static final int BYTES = 256;

  private final int specials;
  private final List<byte[]> pieces;
  private final Map<String, Long> ids;

  PiecesTokenizer(int specials, List<String> pieces) {
    this.specials = specials;
    this.pieces = pieces.stream().map(piece -> piece.getBytes(StandardCharsets.UTF_8)).toList();
    this.ids = HashMap.newHashMap(pieces.size());
    for (String piece : pieces) {
      ids.put(piece, (long) specials + BYTES + ids.size());
    }
    if (ids.size() < pieces.size()) {
      throw new ManifestException("the tokenizer's list has a piece twice (expected: each once)");
    }
  }

  /** Reads the list, one piece a line. */
  public static PiecesTokenizer load(Path file, int specials, int vocabSize) {
    var tokenizer = new PiecesTokenizer(specials, lines(file));
    // Models round their vocabulary up; the ids past the list stand for nothing.
    if (tokenizer.size() > vocabSize) {
      throw new ManifestException(
          ("model.json: vocab_size is %d (expected: at least %d, for %d special tokens,"
                  + " 256 bytes and %d pieces)")
              .formatted(vocabSize, tokenizer.size(), specials, tokenizer.pieces.size()));
    }
    return tokenizer;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new ManifestException(
          "the tokenizer's file cannot be read as UTF-8 text: " + unreadable);
    }
  }

  private int size() {
    return specials + BYTES + pieces.size();
  }

  @Override
  public long[] encode(String text) {
    var out = new LongBuffer();
    Matcher matcher = PIECE.matcher(text);
    while (matcher.find()) {
      encodePiece(matcher.group(), out);
    }
    return out.toArray();
  }

  private void encodePiece(String piece, LongBuffer out) {
    Long id = ids.get(piece);
    if (id != null) {
      out.add(id);
    } else {
      spell(piece, out);
    }
  }

  private void spell(String piece, LongBuffer out) {
    int at = 0;
    while (at < piece.length()) {
      int next = piece.offsetByCodePoints(at, 1);
      Long pair = pairAt(piece, at, next);
      if (pair != null) {
        out.add(pair);
        at = piece.offsetByCodePoints(next, 1);
      } else {
        addBytes(piece.substring(at, next), out);
        at = next;
      }
    }
  }

  private @Nullable Long pairAt(String piece, int at, int next) {
    return next == piece.length()
        ? null
        : ids.get(piece.substring(at, piece.offsetByCodePoints(next, 1)));
  }

  private void addBytes(String character, LongBuffer out) {
    for (byte each : character.getBytes(StandardCharsets.UTF_8)) {
      out.add(specials + Byte.toUnsignedInt(each));
    }
  }

  @Override
  public TextDecoder newDecoder() {
    return new Utf8Decoder(this::bytes);
  }

  private byte[] bytes(long id) {
    if (id < specials || id >= size()) {
      return new byte[0];
    }
    int index = Math.toIntExact(id - specials);
    return index < BYTES ? new byte[] {(byte) index} : pieces.get(index - BYTES);
  }

  @Override
  public void close() {
    // Nothing native is held.
  }
}
