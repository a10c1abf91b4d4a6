package io.sessionrouter.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionrouter.container.fault.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The code against the tables of the contract that it shares with the router. */
class ContractTest {
  private static final Path CONTRACT = Path.of("../contract/README.md");
  private static final Path SOURCES = Path.of("src/main/java");
  private static final Pattern HEADER = Pattern.compile("\"(X-[A-Za-z-]+)\"");
  private static final Pattern ROUTE = Pattern.compile("\\.route\\(\\s*\"([^\"]+)\"\\s*\\)");

  @Test
  void everyHeaderOfTheCodeIsInTheContractAndTheReverse() {
    Set<String> contract =
        rows("Headers")
            .filter(row -> row.get(2).equals("yes"))
            .map(List::getFirst)
            .collect(sorted());

    assertThat(literals(HEADER)).isEqualTo(contract).isNotEmpty();
  }

  @Test
  void everyPathOfTheCodeIsInTheContractAndTheReverse() {
    Set<String> routes =
        literals(ROUTE).stream().map(path -> path.replace(":name", "{name}")).collect(sorted());

    assertThat(routes)
        .isEqualTo(rows("Paths").map(row -> row.get(1)).collect(sorted()))
        .isNotEmpty();
  }

  /** {@code request, status, code, meaning} of the rows that name a code. */
  static Stream<List<String>> codes() {
    return rows("Statuses").filter(row -> !row.get(2).isEmpty());
  }

  @ParameterizedTest
  @MethodSource("codes")
  void aCodeHasTheStatusThatTheContractGivesIt(List<String> row) {
    assertThat(Fault.valueOf(row.get(2)).status()).hasToString(row.get(1));
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

  private static Set<String> literals(Pattern pattern) {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .flatMap(file -> pattern.matcher(read(file)).results())
          .map(found -> found.group(1))
          .collect(sorted());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
