package io.sessionrouter.settings;

import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.sessionrouter.config.Problems;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * The configuration files that were read at start, and how they are read again.
 *
 * <p>All else that is configured (the environment, the command line, what is built in) stays as it
 * was at start.
 */
final class ConfigurationFiles {
  /** Of the file that Quarkus looks for by itself. */
  private static final int USUAL_ORDINAL = 260;

  private static final String BEGIN = "PropertiesConfigSource[source=file:";
  private static final String VARIABLES = "SESSION_ROUTER_ENDPOINTS_";
  private static final Pattern CLASS = Pattern.compile("^[\\w.]+Exception: ");
  private static final int CONVERTER_PRIORITY = 200;

  private final SmallRyeConfig started;
  private final List<ConfigSource> others = new ArrayList<>();
  private final Map<Path, Integer> files = new LinkedHashMap<>();
  private final Path usual;
  private final FileContents startedContents;

  /** Endpoints that are configured elsewhere too, or only there. */
  private final Set<String> elsewhere;

  /** Whether the environment has endpoints, whose names cannot be known from their variables'. */
  private final boolean environment;

  /**
   * @param started the configuration that the router started with
   * @param usual the file that is read although nobody named it, once it is there
   */
  ConfigurationFiles(SmallRyeConfig started, Path usual) {
    this.started = started;
    this.usual = usual;
    Map<Path, Map<String, String>> contents = new LinkedHashMap<>();
    for (ConfigSource source : started.getConfigSources()) {
      Path file = file(source.getName());
      if (file == null) {
        others.add(source);
      } else {
        files.put(file, source.getOrdinal());
        contents.put(file, source.getProperties());
      }
    }
    files.putIfAbsent(usual, USUAL_ORDINAL);
    startedContents = new FileContents(contents);
    Set<String> otherKeys = new HashSet<>();
    others.forEach(source -> otherKeys.addAll(source.getPropertyNames()));
    elsewhere =
        otherKeys.stream()
            .map(FileContents::endpoint)
            .filter(Objects::nonNull)
            .collect(Collectors.toSet());
    environment = otherKeys.stream().anyMatch(key -> key.startsWith(VARIABLES));
  }

  private static @Nullable Path file(String source) {
    return source.startsWith(BEGIN) && source.endsWith("]")
        ? Path.of(URI.create("file:" + source.substring(BEGIN.length(), source.length() - 1)))
        : null;
  }

  /** The keys of a source if it is a file; none if it is not. */
  static Set<String> keys(ConfigSource source) {
    return file(source.getName()) == null ? Set.of() : source.getPropertyNames();
  }

  List<Path> all() {
    return files.keySet().stream().filter(this::isRead).toList();
  }

  private boolean isRead(Path file) {
    return !file.equals(usual) || Files.exists(file);
  }

  /** All that may be read, whether or not they are there. */
  Set<Path> watched() {
    return files.keySet();
  }

  /** What the files contained when the router started. */
  FileContents started() {
    return startedContents;
  }

  /**
   * What the files contain now.
   *
   * @throws IOException if a file is gone that was read at start, or cannot be read
   * @throws IllegalArgumentException if a file is no properties file
   */
  FileContents read() throws IOException {
    Map<Path, Map<String, String>> contents = new LinkedHashMap<>();
    for (Path file : all()) {
      contents.put(file, values(file));
    }
    return new FileContents(contents);
  }

  private static Map<String, String> values(Path file) throws IOException {
    Properties properties = new Properties();
    properties.load(new StringReader(Files.readString(file, StandardCharsets.UTF_8)));
    Map<String, String> values = new LinkedHashMap<>();
    properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
    return values;
  }

  /**
   * The only endpoints that may be others now: all else is what it was before.
   *
   * @return null if everything has to be read
   */
  @Nullable Set<String> changedEndpoints(FileContents before, FileContents now) {
    Set<String> changed = now.changedEndpoints(before);
    return changed != null && !environment && now.endpoints().containsAll(changed) ? changed : null;
  }

  /** The configuration with such files, of these endpoints and of those that others configure. */
  SmallRyeConfig config(FileContents contents, Set<String> endpoints) {
    Set<String> kept = new HashSet<>(endpoints);
    kept.addAll(elsewhere);
    return config(contents.withEndpoints(kept));
  }

  /** The configuration with such files. */
  SmallRyeConfig config(FileContents contents) {
    SmallRyeConfigBuilder builder = builder(contents);
    Mappings.addTo(builder);
    try {
      return builder.build();
    } catch (ConfigValidationException wrong) {
      Problems problems = new Problems();
      for (int i = 0; i < wrong.getProblemCount(); i++) {
        problems.add(CLASS.matcher(wrong.getProblem(i).getMessage()).replaceFirst(""));
      }
      KnownKeys.ALL.check(builder(contents).build(), problems);
      throw problems.asException();
    }
  }

  private SmallRyeConfigBuilder builder(FileContents contents) {
    SmallRyeConfigBuilder builder =
        new SmallRyeConfigBuilder()
            .addDefaultInterceptors()
            .addDiscoveredConverters()
            .withConverter(Duration.class, CONVERTER_PRIORITY, new DurationConverter())
            .withConverter(MemorySize.class, CONVERTER_PRIORITY, new MemorySizeConverter())
            .withProfiles(started.getProfiles())
            .withSources(others);
    contents
        .files()
        .forEach((file, values) -> builder.withSources(source(file, values, ordinal(file))));
    return builder;
  }

  private int ordinal(Path file) {
    return Objects.requireNonNull(files.get(file));
  }

  private static ConfigSource source(Path file, Map<String, String> values, int ordinal) {
    return new PropertiesConfigSource(values, file.toUri().toString(), ordinal);
  }

  /** Where a value was written, for people. */
  static String place(ConfigValue value) {
    String source = String.valueOf(value.getConfigSourceName());
    Path file = file(source);
    return file != null
        ? file.toString()
        : source.startsWith("SysProp") ? "a system property" : source;
  }
}
