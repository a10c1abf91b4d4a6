package io.sessionrouter.local;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How each part of the system is started on this machine. */
public final class Services {
  private static final Duration REDIS_PATIENCE = Duration.ofSeconds(20);
  private static final Duration CONTAINER_PATIENCE = Duration.ofMinutes(3);
  private static final Duration ROUTER_PATIENCE = Duration.ofSeconds(60);

  private final Installation installation;
  private final List<String> javaOptions;

  public Services(Installation installation) {
    this(installation, List.of());
  }

  /**
   * @param javaOptions for the virtual machines of the router and the model containers, beside ours
   */
  public Services(Installation installation, List<String> javaOptions) {
    this.installation = installation;
    this.javaOptions = List.copyOf(javaOptions);
  }

  /**
   * A Redis of our own.
   *
   * @param data where it may write
   * @param options beyond the address, as on Redis' command line
   */
  public Service redis(String name, int port, Path data, List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(RedisBinary.find(System.getenv("PATH"), installation.state()).toString());
    command.addAll(List.of("--bind", "127.0.0.1", "--port", String.valueOf(port)));
    command.addAll(List.of("--dir", existing(data).toString()));
    command.addAll(options);
    URI url = URI.create("redis://127.0.0.1:" + port);
    return new Service(name, url, command, Map.of(), Probe.redis(port), REDIS_PATIENCE);
  }

  private static Path existing(Path folder) {
    try {
      return Files.createDirectories(folder).toAbsolutePath();
    } catch (IOException e) {
      throw new StartFailure("Cannot make the folder %s: %s".formatted(folder, e.getMessage()));
    }
  }

  /** A model container with the bundled model. */
  public Service container(String name, int port) {
    return container(name, port, Map.of("model.path", installation.model().toString()));
  }

  /**
   * A model container.
   *
   * @param settings which model it has, or how it loads many, as its configuration takes it
   */
  public Service container(String name, int port, Map<String, String> settings) {
    URI url = URI.create("http://127.0.0.1:" + port);
    List<String> command = containerCommand(name, port, settings);
    Probe ready = Probe.http(url.resolve("/ping"));
    return new Service(name, url, command, containerEnvironment(), ready, CONTAINER_PATIENCE);
  }

  private List<String> containerCommand(String name, int port, Map<String, String> settings) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(installation.java(), "-XX:+UseSerialGC", "-Xmx256m"));
    command.addAll(javaOptions);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-Dquarkus.http.host=127.0.0.1", "-Dquarkus.http.port=" + port));
    command.add("-Dmodel.instance-name=" + name);
    command.addAll(List.of("-Dmodel.drain-notice=0s", "-Dmodel.drain-timeout=0s"));
    settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.addAll(program(installation.containerJar()));
    return command;
  }

  /** Tensors live outside the Java heap: few arenas keep freed ones from staying with malloc. */
  private static Map<String, String> containerEnvironment() {
    return Map.of("MALLOC_ARENA_MAX", "2", "DJL_OFFLINE", "true");
  }

  /** A router. */
  public Service router(String name, RouterPlan plan) {
    List<String> command = new ArrayList<>();
    command.add(installation.java());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx" + plan.heap()));
    command.addAll(javaOptions);
    command.add("--enable-native-access=ALL-UNNAMED");
    plan.properties().forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.addAll(program(installation.routerJar()));
    Probe ready = Probe.http(plan.readiness());
    return new Service(name, plan.url(), command, plan.environment(), ready, ROUTER_PATIENCE);
  }

  /** The router's command that changes a file of principals; its words are to be added. */
  List<String> principals() {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(installation.java(), "-XX:+UseSerialGC", "-Xmx64m"));
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(program(installation.routerJar()));
    command.add("principals");
    return command;
  }

  /** Where the build made a cache of the program's start, it starts with half the CPU time. */
  private static List<String> program(Path jar) {
    Path cache = jar.resolveSibling("app.aot");
    return Files.exists(cache)
        ? List.of("-XX:AOTCache=" + cache, "-jar", jar.toString())
        : List.of("-jar", jar.toString());
  }
}
