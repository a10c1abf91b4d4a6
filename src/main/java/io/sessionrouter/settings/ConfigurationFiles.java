package io.sessionrouter.settings;

import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * The configuration files that were read at start, and how they are read again.
 *
 * <p>All else that is configured (the environment, the command line, what is built in) stays as it
 * was at start.
 */
final class ConfigurationFiles {
  /** Of the file that Quarkus looks for without being told. */
  private static final int USUAL_ORDINAL = 260;

  private static final String BEGIN = "PropertiesConfigSource[source=file:";
  private static final int CONVERTER_PRIORITY = 200;

  private final SmallRyeConfig started;
  private final List<ConfigSource> others = new ArrayList<>();
  private final Map<Path, Integer> files = new LinkedHashMap<>();
  private final Path usual;

  /**
   * @param started the configuration that the router started with
   * @param usual the file that is read although nobody named it, once it is there
   */
  ConfigurationFiles(SmallRyeConfig started, Path usual) {
    this.started = started;
    this.usual = usual;
    for (ConfigSource source : started.getConfigSources()) {
      Path file = file(source.getName());
      if (file == null) {
        others.add(source);
      } else {
        files.put(file, source.getOrdinal());
      }
    }
    files.putIfAbsent(usual, USUAL_ORDINAL);
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

  /**
   * Changes whenever a file does, also if a mounted directory is exchanged as a whole; cheap, since
   * no file is read.
   */
  String stamp() {
    StringBuilder stamp = new StringBuilder();
    for (Path file : files.keySet()) {
      stamp.append(stamp(file)).append('\n');
    }
    return stamp.toString();
  }

  private static String stamp(Path file) {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return now.lastModifiedTime() + " " + now.size() + " " + now.fileKey();
    } catch (IOException absent) {
      return "absent";
    }
  }

  /**
   * The configuration as the files have it now.
   *
   * @throws IOException if a file is gone that was read at start, or cannot be read
   * @throws IllegalArgumentException if a file is no properties file
   */
  SmallRyeConfig read() throws IOException {
    SmallRyeConfigBuilder builder =
        new SmallRyeConfigBuilder()
            .addDefaultInterceptors()
            .addDiscoveredConverters()
            .withConverter(Duration.class, CONVERTER_PRIORITY, new DurationConverter())
            .withConverter(MemorySize.class, CONVERTER_PRIORITY, new MemorySizeConverter())
            .withProfiles(started.getProfiles())
            .withSources(others);
    for (Map.Entry<Path, Integer> file : files.entrySet()) {
      if (isRead(file.getKey())) {
        builder.withSources(source(file.getKey(), file.getValue()));
      }
    }
    Mappings.addTo(builder);
    return builder.build();
  }

  private static ConfigSource source(Path file, int ordinal) throws IOException {
    Properties properties = new Properties();
    properties.load(new StringReader(Files.readString(file, StandardCharsets.UTF_8)));
    Map<String, String> values = new LinkedHashMap<>();
    properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
    return new PropertiesConfigSource(values, file.toUri().toString(), ordinal);
  }
}
