package io.sessionrouter.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.endpoint.EndpointsConfig;
import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The code against the tables of the contract that it shares with the model container. */
class ContractTest {
  private static final Path CONTRACT = Path.of("contract/README.md");
  private static final Path PAGE = Path.of("docs/containers.md");
  private static final Path SOURCES = Path.of("src/main/java/io/sessionrouter");
  private static final Path ROOM = SOURCES.resolve("container");
  private static final Pattern LITERAL =
      Pattern.compile("\"(X-(?:Amzn|Session-Router)-[A-Za-z-]+)\"");
  private static final Pattern HEADER =
      Pattern.compile("X-(?:Amzn-SageMaker|Session-Router)-[A-Za-z-]+");
  private static final Pattern PATH = Pattern.compile("`(?:GET|POST|DELETE) (/[^` ]*)`");

  @Test
  void everyHeaderOfTheRoomIsInTheContractAndTheReverse() {
    assertThat(headers(ROOM))
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(headers());
  }

  @Test
  void noOtherRoomWritesAHeaderOfTheContract() {
    List<String> everywhere = headers(SOURCES);
    everywhere.retainAll(headers());

    assertThat(everywhere).doesNotHaveDuplicates();
  }

  @Test
  void everyPathOfTheCodeIsInTheContractAndTheReverse() throws NoSuchMethodException {
    String ping =
        EndpointsConfig.Health.class
            .getDeclaredMethod("path")
            .getAnnotation(WithDefault.class)
            .value();

    assertThat(rows("Paths").map(row -> row.get(1)).collect(sorted()))
        .containsExactlyInAnyOrder(
            ping,
            ContainerContract.INVOCATIONS,
            ContainerContract.MODELS,
            ContainerContract.model("{name}"),
            ContainerContract.invoke("{name}"),
            ContainerContract.CHAT_COMPLETIONS,
            ContainerContract.COMPLETIONS,
            ContainerContract.EMBEDDINGS,
            ContainerContract.MODEL_NAMES,
            ContainerContract.model("{name}") + ContainerContract.CHAT_COMPLETIONS,
            ContainerContract.model("{name}") + ContainerContract.COMPLETIONS,
            ContainerContract.model("{name}") + ContainerContract.EMBEDDINGS,
            ContainerContract.model("{name}") + ContainerContract.MODEL_NAMES);
  }

  @Test
  void everyStatusOfTheCodeIsInTheContractAndTheReverse() throws IllegalAccessException {
    List<String> known = new ArrayList<>();
    for (Field field : ContainerContract.class.getDeclaredFields()) {
      if (field.getType() == int.class) {
        known.add(String.valueOf(field.getInt(null)));
      }
    }

    assertThat(known)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(
            rows("Statuses").map(row -> row.get(1)).collect(sorted()));
  }

  @Test
  void thePageForContainersNamesOnlyWhatTheContractHas() {
    assertThat(found(HEADER, PAGE).map(MatchResult::group).collect(sorted())).isSubsetOf(headers());
    assertThat(found(PATH, PAGE).map(path -> path.group(1)).collect(sorted()))
        .isSubsetOf(rows("Paths").map(row -> row.get(1)).toList());
  }

  private static Set<String> headers() {
    return rows("Headers").map(List::getFirst).collect(sorted());
  }

  private static List<String> headers(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .flatMap(file -> found(LITERAL, file))
          .map(literal -> literal.group(1))
          .collect(Collectors.toCollection(ArrayList::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Collector<String, ?, Set<String>> sorted() {
    return Collectors.toCollection(TreeSet::new);
  }

  /** The cells of a table's rows, without the marks of code. */
  private static Stream<List<String>> rows(String section) {
    String text = read(CONTRACT);
    String begin = text.substring(text.indexOf("\n## " + section + "\n") + 1);
    int next = begin.indexOf("\n## ");
    return (next < 0 ? begin : begin.substring(0, next))
        .lines()
        .filter(line -> line.startsWith("| "))
        .skip(1)
        .map(ContractTest::cells);
  }

  private static List<String> cells(String line) {
    return Arrays.stream(line.substring(1, line.lastIndexOf('|')).split("\\|", -1))
        .map(cell -> cell.strip().replace("`", ""))
        .toList();
  }

  private static Stream<MatchResult> found(Pattern pattern, Path file) {
    return pattern.matcher(read(file)).results();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
