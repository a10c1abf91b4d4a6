package io.sessionrouter.testing;

import io.vertx.redis.client.RedisOptions;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.embedded.core.ExecutableProvider;

/**
 * A real redis-server as a process of its own, on loopback and a free port.
 *
 * <p>It can be killed, frozen and started again on the same port. What it held survives a restart,
 * if it was started with {@link #startDurable}.
 */
public final class RedisProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int PORT_TRIES = 10;

  /** A cluster node's second port lies this much above its first. */
  private static final int CLUSTER_PORT_OFFSET = 10_000;

  private static final int MAX_PORT = 65_535;

  private final int port;
  private final Path directory;
  private final List<String> command;
  private Process process;

  private RedisProcess(int port, List<String> options) throws IOException {
    this.port = port;
    this.directory = Files.createTempDirectory("redis-process");
    this.command = command(port, directory, options);
    this.process = launch();
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
  }

  /** Holds everything in memory only. */
  public static RedisProcess start() {
    return start(List.of("--appendonly", "no"));
  }

  /** Writes everything to disk before it answers. */
  public static RedisProcess startDurable() {
    return start(List.of("--appendonly", "yes", "--appendfsync", "always"));
  }

  /** Speaks TLS at one more port, with {@code NAME.crt} and {@code NAME.key} of the folder. */
  public static RedisProcess startSecure(int securePort, Path folder, String name) {
    return start(
        List.of(
            "--tls-port",
            String.valueOf(securePort),
            "--tls-cert-file",
            folder.resolve(name + ".crt").toString(),
            "--tls-key-file",
            folder.resolve(name + ".key").toString(),
            "--tls-ca-cert-file",
            folder.resolve("ca.crt").toString(),
            "--tls-auth-clients",
            "no"));
  }

  /**
   * Starts a server on a free port.
   *
   * @param options of the server's command line
   */
  public static RedisProcess start(List<String> options) {
    for (int tries = 1; ; tries++) {
      try {
        RedisProcess redis = new RedisProcess(freePort(), options);
        if (redis.isServing()) {
          return redis;
        }
        redis.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      if (tries == PORT_TRIES) {
        throw new IllegalStateException("redis-server found no free port");
      }
    }
  }

  public int port() {
    return port;
  }

  /** As {@code quarkus.redis.hosts} takes it. */
  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  /** Options for a client of this server. */
  public RedisOptions options() {
    return new RedisOptions().setConnectionString(url());
  }

  /** A blocking client, to look behind the router's back. */
  public Jedis client() {
    return new Jedis("127.0.0.1", port, (int) PATIENCE.toMillis());
  }

  /** Ends the process at once, as if its machine were gone. */
  public void kill() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Starts it again after {@link #kill}, on the same port. */
  public void restart() {
    try {
      process = launch();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!isServing()) {
      throw new IllegalStateException("redis-server did not come back");
    }
  }

  /** Connections stay open, nothing is answered. */
  public void freeze() {
    signal("STOP");
  }

  /** Goes on where it was frozen. */
  public void thaw() {
    signal("CONT");
  }

  @Override
  public void close() {
    kill();
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException alreadyGone) {
      directory.toFile().deleteOnExit();
    }
  }

  private Process launch() throws IOException {
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("log").toFile())
        .start();
  }

  /** Whether it is this process that answers, and not another that took the port before. */
  private boolean isServing() {
    Awaitility.await().atMost(PATIENCE).until(() -> !process.isAlive() || answersItself());
    return process.isAlive();
  }

  private boolean answersItself() {
    try (Jedis jedis = client()) {
      return jedis.info("server").contains("process_id:" + process.pid() + "\r\n")
          && jedis.info("persistence").contains("loading:0");
    } catch (JedisException notYet) {
      return false;
    }
  }

  private void signal(String name) {
    try {
      Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
      if (!kill.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || kill.exitValue() != 0) {
        throw new IllegalStateException("kill -" + name + " failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<String> command(int port, Path directory, List<String> options) {
    List<String> command = new ArrayList<>();
    command.add(Binary.FILE.getAbsolutePath());
    command.addAll(List.of("--port", String.valueOf(port), "--bind", "127.0.0.1"));
    command.addAll(List.of("--dir", directory.toString(), "--save", ""));
    command.addAll(options);
    return command;
  }

  public static int freePort() throws IOException {
    for (int tries = 0; tries < 100; tries++) {
      int port = freePort(0);
      if (port + CLUSTER_PORT_OFFSET <= MAX_PORT && isFree(port + CLUSTER_PORT_OFFSET)) {
        return port;
      }
    }
    throw new IOException("no two free ports " + CLUSTER_PORT_OFFSET + " apart");
  }

  private static boolean isFree(int port) {
    try {
      return freePort(port) == port;
    } catch (IOException taken) {
      return false;
    }
  }

  private static int freePort(int wanted) throws IOException {
    try (ServerSocket socket = new ServerSocket(wanted, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** The installed server, which is maintained; else the bundled one, unpacked once. */
  private static final class Binary {
    static final File FILE = installed().orElseGet(Binary::unpacked);

    private static Optional<File> installed() {
      String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
      return Stream.of("valkey-server", "redis-server")
          .flatMap(name -> Stream.of(path.split(File.pathSeparator)).map(in -> new File(in, name)))
          .filter(File::canExecute)
          .findFirst();
    }

    private static File unpacked() {
      try {
        Path directory = Files.createTempDirectory("redis-binary");
        File file = ExecutableProvider.newJarResourceProvider(directory.toFile()).get();
        directory.toFile().deleteOnExit();
        file.deleteOnExit();
        return file;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
