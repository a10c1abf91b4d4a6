package io.sessionrouter.container.artifact;

import io.sessionrouter.container.config.S3Config;
import io.sessionrouter.container.fault.Fault;
import io.sessionrouter.container.fault.FaultException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Artifacts of S3, or of a server that speaks its protocol. */
final class S3Source implements ArtifactSource<ArtifactUrl.S3>, AutoCloseable {
  private final S3Config config;
  private @Nullable S3Client client;

  S3Source(S3Config config) {
    this.config = config;
  }

  @Override
  public Opened open(ArtifactUrl.S3 url) {
    try {
      ResponseInputStream<GetObjectResponse> object =
          client().getObject(get -> get.bucket(url.bucket()).key(url.key()));
      Long size = object.response().contentLength();
      return new Opened(
          object, size == null ? OptionalLong.empty() : OptionalLong.of(size), object::abort);
    } catch (S3Exception refused) {
      throw translated(url, refused);
    } catch (SdkClientException failed) {
      throw Fault.ARTIFACT_UNREACHABLE.because(
          "%s cannot be fetched: %s", url, firstLine(failed.getMessage()));
    }
  }

  private static FaultException translated(ArtifactUrl url, S3Exception refused) {
    AwsErrorDetails details = refused.awsErrorDetails();
    String code = details == null ? "no code" : details.errorCode();
    return refused.statusCode() == 404
        ? Fault.ARTIFACT_NOT_FOUND.because("there is nothing at %s (%s)", url, code)
        : Fault.ARTIFACT_UNREACHABLE.because(
            "%s answered %d (%s)", url, refused.statusCode(), code);
  }

  private static String firstLine(@Nullable String message) {
    return message == null ? "unknown" : message.lines().findFirst().orElse("unknown");
  }

  /** Made when it is first needed: most containers load from elsewhere. */
  private synchronized S3Client client() {
    S3Client current = client;
    if (current == null) {
      current = newClient();
      client = current;
    }
    return current;
  }

  private S3Client newClient() {
    var builder =
        S3Client.builder()
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .region(config.region().map(Region::of).orElseGet(S3Source::defaultRegion))
            .forcePathStyle(config.pathStyle().orElse(config.endpoint().isPresent()))
            // The archive has a checksum of its own; servers other than AWS know fewer kinds, and
            // some refuse a request with one they do not know.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
    config.endpoint().ifPresent(builder::endpointOverride);
    return builder.build();
  }

  private static Region defaultRegion() {
    try {
      return DefaultAwsRegionProviderChain.builder().build().getRegion();
    } catch (SdkClientException none) {
      return Region.US_EAST_1;
    }
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.close();
    }
  }
}
