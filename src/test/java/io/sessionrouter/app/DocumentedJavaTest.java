package io.sessionrouter.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The calls in Java that the documents show compile against the AWS SDK. */
class DocumentedJavaTest {
  private static final Pattern BLOCK =
      Pattern.compile("^```java\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final String IMPORTS =
      """
      import java.net.URI;
      import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
      import software.amazon.awssdk.core.SdkBytes;
      import software.amazon.awssdk.regions.Region;
      import software.amazon.awssdk.services.sagemakerruntime.*;
      import software.amazon.awssdk.services.sagemakerruntime.model.*;
      import software.amazon.awssdk.services.sagemakerruntime.model.InvokeEndpointWithResponseStreamResponseHandler.Visitor;
      """;

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/calling.md"})
  void compiles(String document, @TempDir Path classes) throws Exception {
    List<String> blocks =
        BLOCK.matcher(Files.readString(Path.of(document))).results().map(r -> r.group(1)).toList();

    assertThat(blocks).isNotEmpty();
    assertThat(blocks).allSatisfy(block -> assertThat(errors(block, classes)).isEmpty());
  }

  private static List<String> errors(String block, Path classes) {
    String source = IMPORTS + "class Shown { void call(String session) {\n" + renamed(block) + "}}";
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    compiler
        .getTask(
            null,
            null,
            found,
            List.of("-proc:none", "-d", classes.toString()),
            null,
            List.of(new Source(source)))
        .call();
    return found.getDiagnostics().stream()
        .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
        .map(diagnostic -> diagnostic.getMessage(null))
        .collect(Collectors.toList());
  }

  /** A block that defines a session of its own needs none from outside. */
  private static String renamed(String block) {
    return block.replace("var session =", "session =");
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String text) {
      super(URI.create("string:///Shown.java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}
