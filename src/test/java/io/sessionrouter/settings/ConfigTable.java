package io.sessionrouter.settings;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ParameterizedTypeTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import io.sessionrouter.config.Keys;
import io.sessionrouter.config.Values;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The configuration table, made of the sources of all mappings by the JDK's own parser. */
final class ConfigTable {
  private static final Path SOURCES = Path.of("src/main/java");
  private static final Map<String, String> CONSTANTS =
      Map.of("Values.OFF", Values.OFF, "Values.NONE", Values.NONE, "Values.HALF", Values.HALF);

  private final DocTrees docs;
  private final TreePath root;
  private final Map<String, ClassTree> groups;

  private ConfigTable(JavacTask task) throws IOException {
    CompilationUnitTree unit = task.parse().iterator().next();
    ClassTree top = (ClassTree) unit.getTypeDecls().getFirst();
    docs = DocTrees.instance(task);
    root = new TreePath(new TreePath(unit), top);
    groups =
        members(top, ClassTree.class)
            .collect(Collectors.toMap(c -> c.getSimpleName().toString(), Function.identity()));
  }

  static String ofSources() {
    return Stream.concat(
            Stream.of("| Key | Default | Meaning |", "| --- | --- | --- |"),
            Mappings.ALL.stream().flatMap(ConfigTable::rows))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static Stream<String> rows(Class<?> mapping) {
    Path source = SOURCES.resolve(mapping.getName().replace('.', '/') + ".java");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, List.of(), null, files.getJavaFileObjects(source));
      ConfigTable table = new ConfigTable(task);
      return table.rows(table.root, Keys.ROOT).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Stream<String> rows(TreePath group, String key) {
    return members((ClassTree) group.getLeaf(), MethodTree.class)
        .flatMap(m -> rows(group, m, key + "." + nameOf(m)));
  }

  private Stream<String> rows(TreePath group, MethodTree method, String key) {
    Tree type = method.getReturnType();
    boolean map = type.toString().startsWith("Map<");
    String name =
        map ? ((ParameterizedTypeTree) type).getTypeArguments().get(1).toString() : type.toString();
    if (!groups.containsKey(name)) {
      return Stream.of(row(key, method, docs.getDocComment(new TreePath(group, method))));
    }
    String placeholder = map ? ".<" + name.toLowerCase(Locale.ROOT) + ">" : "";
    return rows(new TreePath(root, groups.get(name)), key + placeholder);
  }

  private static String row(String key, MethodTree method, String doc) {
    String meaning = doc.strip().replaceAll("\\s+", " ");
    return "| `"
        + key
        + "` | "
        + defaultOf(method).map(d -> "`" + d + "`").orElse(withoutDefault(method))
        + " | "
        + meaning
        + " |";
  }

  private static String nameOf(MethodTree method) {
    return annotation(method, "WithName").orElseGet(() -> dashed(method.getName().toString()));
  }

  private static String withoutDefault(MethodTree method) {
    return method.getReturnType().toString().startsWith("Optional") ? "(none)" : "(required)";
  }

  private static Optional<String> defaultOf(MethodTree method) {
    return annotation(method, "WithDefault");
  }

  private static Optional<String> annotation(MethodTree method, String type) {
    return method.getModifiers().getAnnotations().stream()
        .filter(a -> a.getAnnotationType().toString().equals(type))
        .map(ConfigTable::argument)
        .findFirst();
  }

  private static String argument(AnnotationTree annotation) {
    String written = annotation.getArguments().getFirst().toString().replaceFirst("^value = ", "");
    return written.startsWith("\"")
        ? written.substring(1, written.length() - 1).translateEscapes()
        : CONSTANTS.get(written);
  }

  private static String dashed(String method) {
    return method.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  private static <T extends Tree> Stream<T> members(ClassTree type, Class<T> kind) {
    return type.getMembers().stream().filter(kind::isInstance).map(kind::cast);
  }
}
