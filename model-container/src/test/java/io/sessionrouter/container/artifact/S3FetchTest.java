package io.sessionrouter.container.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionrouter.container.config.S3Config;
import io.sessionrouter.container.config.TestConfig;
import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Artifacts of a real server that speaks S3 and checks who asks. */
@Timeout(120)
@Tag("slow")
class S3FetchTest {
  private static final byte[] CONTENT = new byte[100_000];
  private static final int LIMIT = 200_000;

  @TempDir static Path folder;
  private static S3Server server;

  @TempDir Path temp;
  private final AtomicLong announced = new AtomicLong(-1);

  @BeforeAll
  static void start() throws Exception {
    server = new S3Server(folder);
    server.bucket("models");
    server.put("models", "team a/facts+v2.tar.gz", CONTENT);
    server.put("models", "large.tar.gz", new byte[LIMIT + 1]);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void credentials() {
    S3Server.credentials().forEach(System::setProperty);
  }

  @AfterEach
  void noCredentials() {
    S3Server.credentials().keySet().forEach(System::clearProperty);
  }

  @Test
  void anObjectComesHere() throws Exception {
    assertThat(fetch("s3://models/team a/facts+v2.tar.gz")).hasBinaryContent(CONTENT);
    assertThat(announced).hasValue(CONTENT.length);
  }

  @Test
  void anObjectThatIsNotThereIsTold() {
    assertRefused("s3://models/none.tar.gz", Fault.ARTIFACT_NOT_FOUND, "NoSuchKey");
  }

  @Test
  void aBucketThatIsNotThereIsTold() {
    assertRefused("s3://nowhere/facts.tar.gz", Fault.ARTIFACT_NOT_FOUND, "NoSuchBucket");
  }

  @Test
  void anObjectThatIsTooLargeIsNotFetched() {
    assertRefused("s3://models/large.tar.gz", Fault.ARTIFACT_TOO_LARGE, "max-artifact");
    assertThat(temp.resolve("target")).doesNotExist();
  }

  @Test
  void wrongCredentialsAreTold() {
    System.setProperty("aws.secretAccessKey", "another");

    assertRefused("s3://models/large.tar.gz", Fault.ARTIFACT_UNREACHABLE, "answered 403");
  }

  @Test
  void aServerThatIsNotThereIsTold() {
    assertThatThrownBy(() -> fetch("s3://models/x.tar.gz", "http://127.0.0.1:9"))
        .isInstanceOfSatisfying(
            FaultException.class,
            failed -> assertThat(failed.fault()).isEqualTo(Fault.ARTIFACT_UNREACHABLE));
  }

  private Path fetch(String url) throws InterruptedException {
    return fetch(url, server.endpoint().toString());
  }

  private Path fetch(String url, String endpoint) throws InterruptedException {
    S3Config config = TestConfig.of(Map.of("model.s3.endpoint", endpoint)).s3();
    try (var fetcher = new Fetcher(config, LIMIT, Duration.ofSeconds(60))) {
      return fetcher.fetch(
          ArtifactUrl.parse(url, List.of()), temp.resolve("target"), announced::set);
    }
  }

  private void assertRefused(String url, Fault fault, String message) {
    assertThatThrownBy(() -> fetch(url))
        .isInstanceOfSatisfying(
            FaultException.class, failed -> assertThat(failed.fault()).isEqualTo(fault))
        .hasMessageContaining(message);
  }
}
