package io.sessionrouter.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "facts-v2.tar.gz",
        "a",
        "-",
        "...tar",
        "team/facts v2.tar.gz",
        "~!$&()*+,;=@",
        "a-very-long-name-that-goes-on-and-on-and-on-and-on-and-on-and-on-and-on-until-its-end"
      })
  void namesFitIntoEveryContainersPaths(String target) {
    assertThat(Model.of("s3://b/m", target).name()).matches("[a-zA-Z0-9][a-zA-Z0-9-]{0,62}");
  }

  @Test
  void aNameSaysToPeopleWhichModelItIs() {
    assertThat(Model.of("s3://b/m", "team/facts-v2.tar.gz").name())
        .matches("team-facts-v2-tar-gz-[0-9a-f]{24}");
  }

  @Test
  void everyReplicaFindsTheSameName() {
    assertThat(Model.of("s3://b/m", "facts-v2.tar.gz"))
        .isEqualTo(
            new Model(
                "facts-v2.tar.gz",
                "facts-v2-tar-gz-320769144f1ba50b8b48a0a8",
                "s3://b/m/facts-v2.tar.gz"));
  }

  @Test
  void whatIsReadAlikeIsNotTheSame() {
    List<String> names =
        Stream.of("a.b", "a-b", "a_b", "A.b", "a..b", "a/b")
            .map(target -> Model.of("s3://b/m", target).name())
            .toList();

    assertThat(names).doesNotHaveDuplicates();
    assertThat(Model.of("s3://b/n", "a.b").name()).isNotIn(names);
  }
}
