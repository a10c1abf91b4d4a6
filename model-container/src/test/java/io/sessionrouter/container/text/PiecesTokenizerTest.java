package io.sessionrouter.container.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionrouter.container.model.ManifestException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PiecesTokenizerTest {
  private static final int SPECIALS = 3;
  private static final int FIRST_PIECE = SPECIALS + 256;
  private static final List<String> PIECES =
      List.of(" cat", "My", " is", ".", " Z", "eb", "ul", "on");

  private final PiecesTokenizer tokenizer = new PiecesTokenizer(SPECIALS, PIECES);

  @Test
  void aPieceOfTheListIsOneToken() {
    assertThat(tokenizer.encode("My cat is."))
        .containsExactly(id("My"), id(" cat"), id(" is"), id("."));
  }

  @Test
  void anUnknownWordIsSpelledInPairsThenBytes() {
    assertThat(tokenizer.encode(" Zebulo"))
        .containsExactly(id(" Z"), id("eb"), id("ul"), bytes('o'));
  }

  @Test
  void anUnknownCharacterIsItsUtf8Bytes() {
    assertThat(tokenizer.encode("é")).containsExactly(bytes(0xC3), bytes(0xA9));
    assertThat(tokenizer.encode("😀")).hasSize(4);
  }

  @Test
  void aBlankBelongsToWhatFollows() {
    assertThat(tokenizer.encode("  ")).containsExactly(bytes(' '), bytes(' '));
    assertThat(tokenizer.encode(" 7")).containsExactly(bytes(' '), bytes('7'));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "My cat is Zebulon.",
        "line\nbreak\tand\r\n",
        "ünïcödé ß",
        "日本語のテキスト",
        "emoji 😀👩‍👩‍👧 end",
        "a  b   c",
        "0123456789",
        "\u0000\u0001\u007f",
        "mixed日本9 x"
      })
  void whatIsEncodedDecodesToItself(String text) {
    assertThat(decode(tokenizer.encode(text))).isEqualTo(text);
  }

  @Test
  void randomTextDecodesToItself() {
    var random = new Random(1);
    for (int i = 0; i < 500; i++) {
      String text =
          random
              .ints(40, 0, 0x1_1000)
              .filter(Character::isValidCodePoint)
              .filter(each -> Character.getType(each) != Character.SURROGATE)
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
      assertThat(decode(tokenizer.encode(text))).isEqualTo(text);
    }
  }

  @Test
  void aCharacterAppearsOnlyWhenItIsWhole() {
    TextDecoder decoder = tokenizer.newDecoder();
    long[] ids = tokenizer.encode("😀");

    assertThat(LongStream.of(ids).limit(3).mapToObj(decoder::append)).containsOnly("");
    assertThat(decoder.append(ids[3])).isEqualTo("😀");
    assertThat(decoder.finish()).isEmpty();
  }

  @Test
  void halfACharacterAtTheEndIsShownAsSuch() {
    TextDecoder decoder = tokenizer.newDecoder();
    decoder.append(bytes(0xC3));

    assertThat(decoder.finish()).isEqualTo("\uFFFD");
  }

  @Test
  void brokenBytesDoNotSwallowWhatFollows() {
    TextDecoder decoder = tokenizer.newDecoder();

    assertThat(decoder.append(bytes(0xC3)) + decoder.append(id("My"))).isEqualTo("\uFFFDMy");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 300, 100_000, -1})
  void specialAndUnknownIdsStandForNoText(long id) {
    assertThat(tokenizer.newDecoder().append(id)).isEmpty();
  }

  @Test
  void textNeverBecomesASpecialToken() {
    var everything = new StringBuilder();
    for (int i = 0; i < 0x3000; i++) {
      everything.append((char) i);
    }

    assertThat(LongStream.of(tokenizer.encode(everything + "<pad><bos>")))
        .isNotEmpty()
        .allMatch(id -> id >= SPECIALS);
  }

  @Test
  void theVocabularyMayBeLargerThanTheListButNotSmaller(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("words.txt"), " a\n b\n");

    assertThat(PiecesTokenizer.load(file, 3, 300).encode(" b")).containsExactly(260);
    assertThatThrownBy(() -> PiecesTokenizer.load(file, 3, 260))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("vocab_size is 260")
        .hasMessageContaining("at least 261");
  }

  @Test
  void aPieceTwiceIsAnError() {
    assertThatThrownBy(() -> new PiecesTokenizer(3, List.of("a", "b", "a")))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("twice");
  }

  @Test
  void aFileThatIsNoTextIsAnError(@TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("words.txt"), new byte[] {(byte) 0xC3, '\n'});

    assertThatThrownBy(() -> PiecesTokenizer.load(file, 3, 300))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("UTF-8");
  }

  /** The ids that the tokenizer of the training scripts gives for the same list. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "\"My cat is Zebulon.\"|260 259 261 263 264 265 266 262",
        "\" Zebulonx\"|263 264 265 266 123",
        "\"é😀 é\"|198 172 243 162 155 131 35 198 172",
        "\"a  b\"|100 35 35 101",
        "\"Mys\"|260 118",
      })
  void agreesWithTheTokenizerOfTheTraining(String text, String ids) {
    assertThat(tokenizer.encode(text)).containsExactly(LongStream.of(numbers(ids)).toArray());
  }

  private static long[] numbers(String ids) {
    return Arrays.stream(ids.split(" ")).mapToLong(Long::parseLong).toArray();
  }

  private String decode(long[] ids) {
    TextDecoder decoder = tokenizer.newDecoder();
    var text = new StringBuilder();
    LongStream.of(ids).mapToObj(decoder::append).forEach(text::append);
    return text.append(decoder.finish()).toString();
  }

  private static long id(String piece) {
    return (long) FIRST_PIECE + PIECES.indexOf(piece);
  }

  private static long bytes(int value) {
    return (long) SPECIALS + value;
  }
}
