package io.sessionrouter.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisBinaryTest {

  @ParameterizedTest
  @CsvSource({"Linux, amd64", "Linux, aarch64", "Mac OS X, x86_64", "Mac OS X, aarch64"})
  void carriesOneForEachPlatform(String os, String architecture) {
    String resource = RedisBinary.resource(os, architecture);

    assertThat(RedisBinary.class.getResource("/" + resource)).as(resource).isNotNull();
  }

  @Test
  void namesTheWayOutOnOtherPlatforms() {
    assertThatThrownBy(() -> RedisBinary.resource("Linux", "riscv64"))
        .isInstanceOf(StartFailure.class)
        .hasMessageContainingAll("linux/riscv64", "--redis");
  }

  @Test
  void unpacksOnceAndLeavesNothingElse(@TempDir Path folder) throws Exception {
    Path program = RedisBinary.unpackInto(folder.resolve("new"));
    var unpacked = Files.getLastModifiedTime(program);

    assertThat(RedisBinary.unpackInto(folder.resolve("new"))).isEqualTo(program);
    assertThat(Files.getLastModifiedTime(program)).isEqualTo(unpacked);
    assertThat(program).isExecutable();
    assertThat(program.getParent()).isDirectoryContaining(program::equals);
    try (var files = Files.list(program.getParent())) {
      assertThat(files).containsExactly(program);
    }
  }

  @Test
  void theInstalledOneComesFirst(@TempDir Path folder) throws IOException {
    Path here = Files.createDirectory(folder.resolve("bin"));
    Path none = folder.resolve("none");
    Path unpacked = folder.resolve("unpacked");
    String path = none + ":" + here;
    assertThat(RedisBinary.find(path, unpacked).getParent()).isEqualTo(unpacked);
    assertThat(RedisBinary.find(null, unpacked).getParent()).isEqualTo(unpacked);

    Path installed = Files.createFile(here.resolve("redis-server"));
    assertThat(RedisBinary.find(path, unpacked).getParent()).isEqualTo(unpacked);
    assertThat(installed.toFile().setExecutable(true)).isTrue();

    assertThat(RedisBinary.find(path, unpacked)).isEqualTo(installed);
  }
}
