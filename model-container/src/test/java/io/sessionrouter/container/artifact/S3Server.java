package io.sessionrouter.container.artifact;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** A server that speaks S3 and checks signatures, as a process; its objects are files. */
public final class S3Server implements AutoCloseable {
  private static final Path JAR = Path.of("target/s3proxy.jar");
  private static final Pattern STARTED =
      Pattern.compile("Started ServerConnector.*\\{127\\.0\\.0\\.1:(\\d+)}");
  private static final String USER = "tester";
  private static final String PASSWORD = "the-secret-of-the-test";

  private final ConcurrentLinkedQueue<String> log = new ConcurrentLinkedQueue<>();
  private final Process process;
  private final S3Client client;

  /** Starts it; its files lie below this folder. */
  public S3Server(Path folder) throws IOException {
    Path objects = Files.createDirectory(folder.resolve("objects"));
    process = start(Files.writeString(folder.resolve("s3.conf"), settings(objects)));
    BufferedReader lines = process.inputReader();
    Thread.ofVirtual().start(() -> read(lines));
    await()
        .atMost(Duration.ofSeconds(60))
        .failFast("the server ended: " + log, () -> !process.isAlive())
        .until(() -> port() > 0);
    client = newClient();
  }

  private static String settings(Path objects) {
    return """
    s3proxy.authorization=aws-v4
    s3proxy.endpoint=http://127.0.0.1:0
    s3proxy.identity=%s
    s3proxy.credential=%s
    jclouds.provider=filesystem-nio2
    jclouds.filesystem.basedir=%s
    """
        .formatted(USER, PASSWORD, objects.toAbsolutePath());
  }

  private static Process start(Path settings) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            java,
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-jar",
            JAR.toAbsolutePath().toString(),
            "--properties",
            settings.toString())
        .redirectErrorStream(true)
        .start();
  }

  private void read(BufferedReader lines) {
    try {
      lines.lines().forEach(log::add);
    } catch (UncheckedIOException ended) {
      // The process was ended while its output was read.
    }
  }

  private int port() {
    return log.stream()
        .map(STARTED::matcher)
        .filter(Matcher::find)
        .mapToInt(found -> Integer.parseInt(found.group(1)))
        .findFirst()
        .orElse(0);
  }

  private S3Client newClient() {
    return S3Client.builder()
        .endpointOverride(endpoint())
        .serviceConfiguration(it -> it.pathStyleAccessEnabled(true).chunkedEncodingEnabled(false))
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .region(Region.US_EAST_1)
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(USER, PASSWORD)))
        .build();
  }

  /** Where it listens. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port());
  }

  /** The system properties by which the AWS default chain finds its credentials. */
  public static Map<String, String> credentials() {
    return Map.of("aws.accessKeyId", USER, "aws.secretAccessKey", PASSWORD);
  }

  /** Makes a bucket. */
  public void bucket(String bucket) {
    client.createBucket(create -> create.bucket(bucket));
  }

  /** Stores an object. */
  public void put(String bucket, String key, byte[] content) {
    client.putObject(put -> put.bucket(bucket).key(key), RequestBody.fromBytes(content));
  }

  @Override
  public void close() {
    client.close();
    process.destroyForcibly().onExit().join();
  }
}
