package io.sessionrouter.container.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class UnpackerTest {
  @TempDir Path temp;

  private int runs;
  private UnpackLimits limits = new UnpackLimits(1 << 20, 20);

  @Test
  void filesAndFoldersComeOutAsTheyWentIn() throws Exception {
    byte[] archive =
        Archives.tarGz(
            tar -> {
              tar.putArchiveEntry(new TarArchiveEntry("./"));
              tar.closeArchiveEntry();
              Archives.put(tar, "./model.json", "{}".getBytes(StandardCharsets.UTF_8));
              Archives.put(tar, "deep/er/empty", new byte[0]);
              Archives.put(tar, "n".repeat(200), new byte[70_000]);
            });

    Path folder = unpack(archive);

    assertThat(folder.resolve("model.json")).hasContent("{}");
    assertThat(folder.resolve("deep/er/empty")).isEmptyFile();
    assertThat(folder.resolve("n".repeat(200))).hasSize(70_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gnu", "pax", "ustar", "oldgnu", "v7"})
  void whatTheTarCommandPacksIsUnderstood(String format) throws Exception {
    Path packed = temp.resolve("facts.tar.gz");
    var tar =
        new ProcessBuilder(
                "tar", "-c", "-z", "--format=" + format, "-f", packed.toString(), "-C", ".", ".")
            .directory(Path.of("models/facts").toFile())
            .inheritIO()
            .start();
    assertThat(tar.waitFor()).isZero();
    limits = new UnpackLimits(64 << 20, 20);

    Path folder = unpack(Files.readAllBytes(packed));

    for (String name : new String[] {"model.json", "model.pt", "words.txt"}) {
      assertThat(folder.resolve(name)).hasSameBinaryContentAs(Path.of("models/facts", name));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/passwd",
        "../escaped",
        "a/../../escaped",
        "a/..",
        "..",
        "a\\..\\..\\escaped",
        "new\nline",
        "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17"
      })
  void namesThatLeaveTheFolderAreRefused(String name) throws Exception {
    assertRefused(Archives.withNames("model.json", name), Fault.BAD_ARTIFACT, "names below");
    try (Stream<Path> beside = Files.list(temp)) {
      assertThat(beside).as("nothing lies beside the folder").noneMatch(this::escaped);
    }
  }

  private boolean escaped(Path path) {
    return path.getFileName().toString().contains("escaped");
  }

  @Test
  void aNameThatNoFileSystemTakesIsRefused() {
    assertRefused(Archives.withNames("ä".repeat(128)), Fault.BAD_ARTIFACT, "at most 255 bytes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a,a", "a,./a", "a,a/b", "a/b,a", "a//b,a/b"})
  void namesThatCollideAreRefused(String names) {
    assertRefused(Archives.withNames(names.split(",")), Fault.BAD_ARTIFACT, "twice");
  }

  @ParameterizedTest
  @ValueSource(
      bytes = {
        TarConstants.LF_SYMLINK,
        TarConstants.LF_LINK,
        TarConstants.LF_CHR,
        TarConstants.LF_BLK,
        TarConstants.LF_FIFO,
        TarConstants.LF_CONTIG,
        (byte) 'M'
      })
  void whatIsNoPlainFileIsRefused(byte kind) {
    byte[] archive = Archives.withSpecial(kind, entry -> entry.setLinkName("/etc/passwd"));

    assertRefused(archive, Fault.BAD_ARTIFACT, "a link, a device");
  }

  @Test
  void tooManyFilesAreRefused() {
    String[] names = IntStream.range(0, 21).mapToObj(Integer::toString).toArray(String[]::new);

    assertRefused(Archives.withNames(names), Fault.ARTIFACT_TOO_LARGE, "more than 20 files");
  }

  @Test
  void aSmallArchiveOfAHugeFileIsRefusedBeforeItIsWritten() throws IOException {
    byte[] archive = Archives.tarGz(tar -> Archives.put(tar, "zeros", new byte[8 << 20]));
    assertThat(archive).hasSizeLessThan(16_000);

    assertRefused(archive, Fault.ARTIFACT_TOO_LARGE, "more than 1048576 bytes");
    assertThat(temp.resolve("out0/zeros")).doesNotExist();
  }

  @Test
  void theLimitCountsAllFilesTogether() {
    byte[] archive =
        Archives.tarGz(
            tar -> {
              Archives.put(tar, "one", new byte[600_000]);
              Archives.put(tar, "two", new byte[600_000]);
            });

    assertRefused(archive, Fault.ARTIFACT_TOO_LARGE, "more than 1048576 bytes");
  }

  @Test
  void aNameOfMegabytesIsRefusedBeforeItFillsTheMemory() {
    byte[] archive =
        Archives.tarGz(
            tar -> {
              var longName = new TarArchiveEntry("name", TarConstants.LF_GNUTYPE_LONGNAME);
              longName.setSize(8 << 20);
              tar.putArchiveEntry(longName);
              tar.write(new byte[8 << 20]);
              tar.closeArchiveEntry();
              Archives.put(tar, "file", new byte[1]);
            });

    assertRefused(archive, Fault.BAD_ARTIFACT, "too long");
  }

  @Test
  void whatIsNoArchiveIsRefused() {
    byte[] text = "<html>not here</html>".getBytes(StandardCharsets.UTF_8);

    assertRefused(text, Fault.BAD_ARTIFACT, "not a whole .tar.gz");
    assertRefused(new byte[0], Fault.BAD_ARTIFACT, "not a whole .tar.gz");
    assertRefused(Archives.tarGz(tar -> {}), Fault.BAD_ARTIFACT, "empty archive");
  }

  @Test
  void aTruncatedArchiveIsRefused() throws IOException {
    byte[] whole = Archives.of(Path.of("models/facts"), "");
    limits = new UnpackLimits(64 << 20, 20);

    byte[] half = Arrays.copyOf(whole, whole.length / 2);

    assertRefused(half, Fault.BAD_ARTIFACT, "not a whole .tar.gz");
  }

  @Test
  void anArchiveWhoseChecksumIsWrongIsRefused() {
    byte[] archive = Archives.withNames("model.json");
    archive[archive.length - 6] ^= 1;

    assertRefused(archive, Fault.BAD_ARTIFACT, "not a whole .tar.gz");
  }

  @Test
  void anInterruptEndsIt() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> unpack(Archives.withNames("model.json")))
        .isInstanceOf(InterruptedException.class);
  }

  private Path unpack(byte[] archive) throws Exception {
    Path folder = temp.resolve("out" + runs++);
    new Unpacker(limits).unpack(Archives.write(temp.resolve("in.tar.gz"), archive), folder);
    return folder;
  }

  private void assertRefused(byte[] archive, Fault fault, String message) {
    assertThatThrownBy(() -> unpack(archive))
        .isInstanceOfSatisfying(
            FaultException.class, failed -> assertThat(failed.fault()).isEqualTo(fault))
        .hasMessageContaining(message)
        .message()
        .doesNotContain(temp.toString());
  }
}
