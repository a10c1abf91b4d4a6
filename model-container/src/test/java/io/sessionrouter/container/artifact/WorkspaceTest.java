package io.sessionrouter.container.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionrouter.container.config.SettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkspaceTest {
  @TempDir Path base;

  @Test
  void aFolderGoesWithAllThatIsInIt() throws IOException {
    try (Workspace workspace = open()) {
      Path path;
      try (Workspace.Folder folder = workspace.newFolder()) {
        path = folder.path();
        Files.createDirectories(path.resolve("a/b"));
        Files.writeString(path.resolve("a/b/c"), "content");
        Files.createSymbolicLink(path.resolve("link"), base);
      }

      assertThat(path).doesNotExist();
      assertThat(base).exists();
    }
    assertThat(containers()).isZero();
  }

  @Test
  void whatAKilledContainerLeftGoesAtTheNextStart() throws IOException {
    Path left = Files.createDirectories(base.resolve("container-dead/load-1/unpacked"));
    Files.writeString(left.resolve("model.pt"), "half");
    Files.writeString(base.resolve("container-dead/lock"), "");

    try (Workspace workspace = open();
        var folder = workspace.newFolder()) {
      assertThat(left).doesNotExist();
      assertThat(folder.path()).exists();
    }
  }

  @Test
  void whatALivingContainerNeedsStays() throws IOException {
    try (Workspace living = open();
        var folder = living.newFolder();
        Workspace other = open();
        var otherFolder = other.newFolder()) {
      assertThat(folder.path()).exists();
      assertThat(otherFolder.path()).exists();
    }
    assertThat(containers()).isZero();
  }

  @Test
  void othersFilesStay() throws IOException {
    Path file = Files.writeString(base.resolve("notes.txt"), "mine");

    open().close();

    assertThat(file).exists();
  }

  @Test
  void aPlaceThatCannotBeUsedIsNamed() throws IOException {
    Path file = Files.writeString(base.resolve("file"), "");
    Path link = Files.createSymbolicLink(base.resolve("link"), base);

    assertThatThrownBy(() -> Workspace.open(Optional.of(file.resolve("below"))))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("model.multi.work-dir");
    assertThatThrownBy(() -> Workspace.open(Optional.of(link)))
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("not a link");
  }

  private Workspace open() {
    return Workspace.open(Optional.of(base));
  }

  private long containers() throws IOException {
    try (Stream<Path> all = Files.list(base)) {
      return all.filter(path -> path.getFileName().toString().startsWith("container-")).count();
    }
  }
}
