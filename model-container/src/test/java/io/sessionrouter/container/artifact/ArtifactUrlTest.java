package io.sessionrouter.container.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArtifactUrlTest {
  @Test
  void everySchemeIsUnderstood() {
    assertThat(parse("file:///models/a b.tar.gz".replace(" ", "%20")))
        .isEqualTo(new ArtifactUrl.Local(Path.of("/models/a b.tar.gz")));
    assertThat(parse("/opt/ml/models/x/model"))
        .isEqualTo(new ArtifactUrl.Local(Path.of("/opt/ml/models/x/model")));
    assertThat(parse("s3://bucket/some folder/model+1.tar.gz"))
        .isEqualTo(new ArtifactUrl.S3("bucket", "some folder/model+1.tar.gz"));
    assertThat(parse("HTTPS://host:8443/a.tar.gz?sig=1")).isInstanceOf(ArtifactUrl.Web.class);
  }

  @Test
  void signaturesAreNotShown() {
    assertThat(parse("https://host/a.tar.gz?X-Amz-Signature=secret"))
        .hasToString("https://host/a.tar.gz");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "models/a.tar.gz",
        "ftp://host/a.tar.gz",
        "jar:file:/a.jar!/b",
        "file://host/a.tar.gz",
        "file:a.tar.gz",
        "http:///a.tar.gz",
        "http:a.tar.gz",
        "http://user:password@host/a.tar.gz",
        "http://host/a b",
        "http://host/a/../b",
        "http://host/a/%2e%2E/b",
        "file:///models/../etc/passwd",
        "/models/../etc/passwd",
        "s3://bucket",
        "s3://bucket/",
        "s3:/bucket/key",
        "s3://b/key",
        "s3://bucket/a/../../other/key",
        "s3://bucket/key\nHost: other",
      })
  void othersAreRefused(String url) {
    assertRefused(url, List.of());
  }

  @Test
  void whatIsTooLongIsRefused() {
    assertRefused("s3://bucket/" + "k".repeat(2048), List.of());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"s3://mine-not/a", "s3://other/a", "file:///etc/passwd", "S3://mine/a", "/mine/a"})
  void onlyWhatBeginsWithAPrefixIsAllowed(String url) {
    assertThat(ArtifactUrl.parse("s3://mine/a", List.of("http://x/", "s3://mine/")))
        .isEqualTo(new ArtifactUrl.S3("mine", "a"));
    assertRefused(url, List.of("http://x/", "s3://mine/"));
  }

  private static ArtifactUrl parse(String url) {
    return ArtifactUrl.parse(url, List.of());
  }

  private static void assertRefused(String url, List<String> prefixes) {
    assertThatThrownBy(() -> ArtifactUrl.parse(url, prefixes))
        .isInstanceOfSatisfying(
            FaultException.class,
            refused -> assertThat(refused.fault()).isEqualTo(Fault.INVALID_REQUEST));
  }
}
